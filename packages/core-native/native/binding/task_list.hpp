// The tasks of an off-thread run: coroutines that take turns. Used by whoever owns the run's state.
#pragma once

#include <cstdint>

#include "vm/lua_api.hpp"

namespace binding {

struct Wait;

struct Task {
  enum class Stage {
    ready,      // in the list of those that go on
    running,    // the one whose turn it is
    waiting,    // for a thenable
    suspended,  // until it is woken
    free
  };

  lua_State* thread = nullptr;
  Stage stage = Stage::ready;
  bool started = false;
  enum class Interruption { none, cancelled, deadlocked };
  Interruption interruption = Interruption::none;  // raised where it goes on
  bool delivered = false;  // what it waited for is on the stack of the coroutine that waits
  int delivery = 0;        // the number of values, -1 for an error
  int arguments = 0;
  uint32_t slot = 0;
  uint32_t generation = 0;
  lua_State* suspendedIn = nullptr;
  Wait* wait = nullptr;
  Task* next = nullptr;  // in the list of those that go on, or of free ones

  [[nodiscard]] lua_Integer id() const noexcept {
    return static_cast<lua_Integer>((uint64_t{generation} << 32) | slot);
  }
};

class TaskList {
 public:
  TaskList() noexcept = default;
  ~TaskList();
  TaskList(const TaskList&) = delete;
  TaskList& operator=(const TaskList&) = delete;

  // Pushes the keeper: a coroutine that runs nothing, with a table on its stack that anchors those of the
  // tasks. As long as it is on the stack of the main thread alone, no script can reach it.
  // [-0, +1, 8 slots] Never raises. Gives a status; on failure the error value is on top.
  [[nodiscard]] int open(lua_State* L) noexcept;

  // Makes a task of the function and the arguments on top of `L`. Null: the system has no memory.
  // [-(arguments + 1), +0, 8 slots] May raise; then nothing has changed.
  Task* spawn(lua_State* L, int arguments);
  void remove(Task& task) noexcept;
  [[nodiscard]] Task* find(lua_Integer id) const noexcept;

  void makeReady(Task& task) noexcept;
  [[nodiscard]] Task* takeReady() noexcept;

  // The task at a slot, null when there is none; from 0 to count() - 1.
  [[nodiscard]] Task* at(uint32_t slot) const noexcept {
    return tasks_[slot]->stage == Task::Stage::free ? nullptr : tasks_[slot];
  }
  [[nodiscard]] uint32_t count() const noexcept { return count_; }

  Task* current = nullptr;
  uint32_t waiting = 0;  // tasks that wait for a thenable

 private:
  bool grow(lua_State* L);

  lua_State* keeper_ = nullptr;
  Task** tasks_ = nullptr;
  uint32_t count_ = 0;
  uint32_t capacity_ = 0;
  Task* free_ = nullptr;
  Task* readyFirst_ = nullptr;
  Task* readyLast_ = nullptr;
};

}  // namespace binding

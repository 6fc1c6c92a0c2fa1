#include "task_list.hpp"

#include <cstdlib>
#include <new>

#include "vm/protect.hpp"

namespace binding {
namespace {

constexpr int kAnchors = 1;  // stack index of the table in the keeper
constexpr uint32_t kFirstCapacity = 4;
constexpr uint32_t kMostTasks = 1u << 24;

}  // namespace

TaskList::~TaskList() {
  for (uint32_t i = 0; i < count_; i++) delete tasks_[i];
  std::free(tasks_);
}

int TaskList::open(lua_State* L) noexcept {
  const int status = vm::protect(L, 0, 1, [this](lua_State* inner) {
    keeper_ = lua_newthread(inner);
    if (!lua_checkstack(keeper_, 8)) luaL_error(inner, "stack overflow");
    lua_createtable(inner, 0, 0);
    lua_xmove(inner, keeper_, 1);
    return 1;
  });
  if (status == LUA_OK) return status;
  keeper_ = nullptr;
  return status;
}

// Makes room for another task: a slot of the table that can be set without an allocation. May raise.
bool TaskList::grow(lua_State* L) {
  if (count_ < capacity_) return true;
  const uint32_t capacity = capacity_ == 0 ? kFirstCapacity : capacity_ * 2;
  if (capacity > kMostTasks) return false;
  meter_charge(L, capacity);
  lua_createtable(L, static_cast<int>(capacity), 0);
  for (uint32_t i = 1; i <= capacity; i++) {
    if (i <= count_) {
      lua_rawgeti(keeper_, kAnchors, i);
      lua_xmove(keeper_, L, 1);
    } else {
      lua_pushboolean(L, 0);
    }
    lua_rawseti(L, -2, i);
  }
  auto* tasks = static_cast<Task**>(std::realloc(tasks_, capacity * sizeof(Task*)));
  if (tasks == nullptr) return false;
  tasks_ = tasks;
  capacity_ = capacity;
  lua_xmove(L, keeper_, 1);
  lua_replace(keeper_, kAnchors);
  return true;
}

Task* TaskList::spawn(lua_State* L, int arguments) {
  if (free_ == nullptr && !grow(L)) return nullptr;
  lua_State* thread = lua_newthread(L);
  if (!lua_checkstack(thread, arguments + 8)) return nullptr;
  Task* task = free_;
  if (task == nullptr) {
    task = new (std::nothrow) Task;
    if (task == nullptr) return nullptr;
    task->slot = count_;
    tasks_[count_++] = task;
  } else {
    free_ = task->next;
    const uint32_t slot = task->slot;
    const uint32_t generation = task->generation + 1;
    *task = Task{};
    task->slot = slot;
    task->generation = generation;
  }
  lua_xmove(L, keeper_, 1);
  lua_rawseti(keeper_, kAnchors, task->slot + 1);  // the slot is there: allocates nothing
  lua_xmove(L, thread, arguments + 1);
  task->thread = thread;
  task->arguments = arguments;
  makeReady(*task);
  return task;
}

void TaskList::remove(Task& task) noexcept {
  lua_pushboolean(keeper_, 0);
  lua_rawseti(keeper_, kAnchors, task.slot + 1);
  task.stage = Task::Stage::free;
  task.thread = task.suspendedIn = nullptr;
  task.next = free_;
  free_ = &task;
}

Task* TaskList::find(lua_Integer id) const noexcept {
  const auto bits = static_cast<uint64_t>(id);
  const auto slot = static_cast<uint32_t>(bits);
  if (slot >= count_) return nullptr;
  Task* task = at(slot);
  return task != nullptr && task->generation == bits >> 32 ? task : nullptr;
}

void TaskList::makeReady(Task& task) noexcept {
  task.stage = Task::Stage::ready;
  task.next = nullptr;
  (readyLast_ == nullptr ? readyFirst_ : readyLast_->next) = &task;
  readyLast_ = &task;
}

Task* TaskList::takeReady() noexcept {
  Task* task = readyFirst_;
  if (task == nullptr) return nullptr;
  readyFirst_ = task->next;
  if (readyFirst_ == nullptr) readyLast_ = nullptr;
  task->next = nullptr;
  task->stage = Task::Stage::running;
  return task;
}

}  // namespace binding

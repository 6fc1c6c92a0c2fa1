#include "vm/shapes.hpp"

#include <vector>

#include "fixture.hpp"

using vm::Shapes;

namespace {

// Keys are told apart by address only; these are never read.
const void* key(uintptr_t number) {
  return reinterpret_cast<const void*>(number * 16);
}

struct Found {
  Shapes::Answer answer;
  uint32_t id;
};

Found find(Shapes& shapes, const std::vector<const void*>& keys) {
  Found found{Shapes::Answer::full, 0};
  found.answer = shapes.find(keys.data(), static_cast<unsigned>(keys.size()), &found.id);
  return found;
}

}  // namespace

TEST_CASE("shapes: ids count from 0, and a shape met again has its own") {
  Shapes shapes;
  const std::vector<const void*> first{key(1), key(2)};
  const std::vector<const void*> second{key(3)};
  CHECK(find(shapes, first).answer == Shapes::Answer::defined);
  const Found other = find(shapes, second);
  CHECK(other.answer == Shapes::Answer::defined);
  CHECK(other.id == 1);
  CHECK(find(shapes, first).answer == Shapes::Answer::known);
  CHECK(find(shapes, first).id == 0);
  CHECK(find(shapes, second).id == 1);
}

TEST_CASE("shapes: the order of the keys and their number tell shapes apart") {
  Shapes shapes;
  CHECK(find(shapes, {key(1), key(2), key(3)}).id == 0);
  CHECK(find(shapes, {key(2), key(1), key(3)}).answer == Shapes::Answer::defined);
  CHECK(find(shapes, {key(1), key(2)}).answer == Shapes::Answer::defined);
  CHECK(find(shapes, {key(1)}).answer == Shapes::Answer::defined);
  CHECK(find(shapes, {key(1), key(2), key(3)}).answer == Shapes::Answer::known);
}

TEST_CASE("shapes: when there is no room for another the known ones stay known") {
  for (const unsigned size : {1u, 2u, Shapes::kMaxKeys}) {
    INFO(size);
    Shapes shapes;
    std::vector<std::vector<const void*>> defined;
    bool full = false;
    for (uintptr_t i = 1; i <= 1000; i++) {
      std::vector<const void*> keys;
      for (unsigned k = 0; k < size; k++) keys.push_back(key(i * 100 + k));
      const Found found = find(shapes, keys);
      REQUIRE(found.answer != Shapes::Answer::known);
      if (found.answer == Shapes::Answer::full) {
        full = true;
        continue;
      }
      REQUIRE(found.id == defined.size());
      defined.push_back(keys);
    }
    CHECK(full);
    CHECK(defined.size() >= 16);
    for (size_t i = 0; i < defined.size(); i++) {
      const Found found = find(shapes, defined[i]);
      REQUIRE(found.answer == Shapes::Answer::known);
      REQUIRE(found.id == i);
    }
  }
}

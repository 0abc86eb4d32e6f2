// What the store keeps of a pair: bytes that outlive changes of the mapping.
#include "sync/conflict/pair_state.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"

namespace nexpo {
namespace {

PairState::Fields fields(std::vector<std::string> names) {
  return PairState::Fields(std::make_shared<const std::vector<std::string>>(std::move(names)));
}

/// The fields a, b, c: `a` as agreed, `b` with shadows of its own, of `c` only what was about to be written.
PairState sample() {
  PairState state;
  state.clear(3);
  state.base = {Value::text("one"), Value::number("2.50"), Value()};
  state.source_shadow = {Value::text("one"), Value::null(), Value()};
  state.target_shadow = {Value::text("one"), Value::text(""), Value()};
  state.known = {1, 1, 0};
  state.alternations[0] = {3, Side::target, Time(std::chrono::microseconds(1'700'000'000'000'001))};
  state.intended[1] = Value::boolean(true);
  state.intended[2] = Value::json("[1]");
  return state;
}

/// `slot` of `state` is what `expected` of the sample is.
void expect_field(const PairState& state, size_t slot, size_t expected) {
  const PairState given = sample();
  EXPECT_EQ(state.known[slot], given.known[expected]);
  EXPECT_EQ(state.base[slot], given.base[expected]);
  EXPECT_EQ(state.source_shadow[slot], given.source_shadow[expected]);
  EXPECT_EQ(state.target_shadow[slot], given.target_shadow[expected]);
  EXPECT_EQ(state.alternations[slot], given.alternations[expected]);
  EXPECT_EQ(state.intended[slot], given.intended[expected]);
}

TEST(PairState, ComesBackAsItWas) {
  const PairState::Fields names = fields({"a", "b", "c"});
  const std::string packed = sample().encode(names);
  PairState state;
  state.decode(packed, names);
  for (size_t slot = 0; slot < 3; ++slot) expect_field(state, slot, slot);
  EXPECT_EQ(state.encode(names), packed);
}

TEST(PairState, FindsFieldsByNameWhereTheMappingHasChanged) {
  const std::string packed = sample().encode(fields({"a", "b", "c"}));
  PairState state;
  state.decode(packed, fields({"new", "c", "a"}));  // one came, one went, and the others stand elsewhere
  EXPECT_EQ(state.known[0], 0);
  EXPECT_FALSE(state.intended[0]);
  expect_field(state, 1, 2);
  expect_field(state, 2, 0);
}

TEST(PairState, OfNothingKnowsNothing) {
  PairState state = sample();
  state.decode("", fields({"a", "b"}));
  EXPECT_EQ(state.known, (std::vector<uint8_t>{0, 0}));
  EXPECT_EQ(state.encode(fields({"a", "b"})), "");
}

TEST(PairState, SaysThatItIsDamagedWhereBytesAreMissing) {
  const PairState::Fields names = fields({"a", "b", "c"});
  std::string packed = sample().encode(names);
  packed.pop_back();
  PairState state;
  EXPECT_THROW(state.decode(packed, names), Error);
}

}  // namespace
}  // namespace nexpo

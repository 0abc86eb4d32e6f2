#include "sync/same_value.hpp"

#include <gtest/gtest.h>

namespace nexpo {
namespace {

TEST(SameValue, SeesThroughSpellings) {
  EXPECT_TRUE(same_value(Value::number("1.50"), Value::number("15e-1")));
  EXPECT_TRUE(same_value(Value::number("123456789012345678.90"), Value::text("123456789012345678.9")));
  EXPECT_TRUE(same_value(Value::text("2024-01-02T03:04:05.000+0000"), Value::text("2024-01-02T03:04:05Z")));
  EXPECT_TRUE(same_value(Value::text("2024-01-02T03:04:05Z"), Value::text("2024-01-02T05:04:05+02:00")));
  EXPECT_TRUE(same_value(Value::boolean(true), Value::number("1")));
  EXPECT_TRUE(same_value(Value(), Value::null()));
}

TEST(SameValue, KeepsDifferentThingsApart) {
  EXPECT_FALSE(same_value(Value::number("1.50"), Value::number("1.51")));
  EXPECT_FALSE(same_value(Value::number("9007199254740993"), Value::number("9007199254740992")));
  EXPECT_FALSE(same_value(Value::text("007"), Value::text("7")));
  EXPECT_FALSE(same_value(Value::text(""), Value::null()));
  EXPECT_FALSE(same_value(Value::text("2024-01-02T03:04:05.001Z"), Value::text("2024-01-02T03:04:05Z")));
  EXPECT_FALSE(same_value(Value::text("2024-01-02"), Value::text("2024-01-02T00:00:00Z")));
  EXPECT_FALSE(same_value(Value::boolean(true), Value::boolean(false)));
}

}  // namespace
}  // namespace nexpo

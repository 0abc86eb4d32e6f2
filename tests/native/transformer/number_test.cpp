#include <random>

#include <gmock/gmock.h>

#include "transformer/decimal.hpp"
#include "transformer/mapped.hpp"

namespace nexpo {
namespace {

using testing::HasSubstr;

std::string number(const std::string& options, const std::string& value) {
  return format("{\"number\":" + options + "}", value);
}

TEST(NumberFunction, KeepsEveryDigit) {
  EXPECT_EQ(number("true", "9007199254740993"), "9007199254740993");
  EXPECT_EQ(number("true", "\"123456789012345678.123456789012345678\""), "123456789012345678.123456789012345678");
  EXPECT_EQ(number("true", "1.10"), "1.10");
  EXPECT_EQ(number("true", "-0.0"), "0.0");
  EXPECT_EQ(number("true", "\" +007 \""), "7");
  EXPECT_EQ(number("true", "\".5\""), "0.5");
}

TEST(NumberFunction, WritesExponentsOut) {
  EXPECT_EQ(number("true", "1E7"), "10000000");
  EXPECT_EQ(number("true", "1.5e-3"), "0.0015");
  EXPECT_EQ(number("true", "-12.5e1"), "-125");
  EXPECT_EQ(number("true", "0e999999999"), "0");
  EXPECT_THAT(number("true", "1e501"), HasSubstr("is not a number"));
  EXPECT_THAT(number("true", "1e-99999999999"), HasSubstr("is not a number"));
}

TEST(NumberFunction, ReadsTheSeparatorsOfALocale) {
  EXPECT_EQ(number(R"({"decimal":",","group":"."})", "\"1.234.567,89\""), "1234567.89");
  EXPECT_EQ(number(R"({"decimal":",","group":"\u202f"})", "\"1\u202f234,5\u00a0\""), "1234.5");
  EXPECT_EQ(number(R"({"group":"'"})", "\"12'345.60\""), "12345.60");
  EXPECT_EQ(number(R"({"group":","})", "\"1,23,456\""), "123456");
  EXPECT_EQ(number(R"({"decimal":",","group":"."})", "1.5"), "1.5") << "a JSON number is not spelt by locale";
}

TEST(NumberFunction, RefusesWhatIsNoNumber) {
  for (const char* value :
       {"\"\"", "\" \"", "\"x\"", "\"1x\"", "\"1.2.3\"", "\"1,2\"", "\"NaN\"", "\"Infinity\"", "\"-\"", "\"1.\"",
        "\".\"", "\"1e\"", "\"--1\"", "\"NA\"", "\"#N/A\"", "true", "[1]", "\"1 2\"", "\"0x10\""}) {
    EXPECT_THAT(number("true", value), HasSubstr("is not a number")) << value;
  }
  for (const char* value : {"\",1\"", "\"1,,2\"", "\"1,\""})
    EXPECT_THAT(number(R"({"group":","})", value), HasSubstr("is not a number")) << value;
}

TEST(NumberFunction, RoundsTiesByTheModeItIsGiven) {
  struct Row {
    const char* mode;
    std::vector<const char*> results;  // of 2.5, 3.5, -2.5, 2.51, -2.49, 0.5, -0.5, 9.5
  };
  const std::vector<const char*> values = {"2.5", "3.5", "-2.5", "2.51", "-2.49", "0.5", "-0.5", "9.5"};
  const std::vector<Row> rows = {
      {"half_even", {"2", "4", "-2", "3", "-2", "0", "0", "10"}},
      {"half_up", {"3", "4", "-3", "3", "-2", "1", "-1", "10"}},
      {"half_down", {"2", "3", "-2", "3", "-2", "0", "0", "9"}},
      {"up", {"3", "4", "-3", "3", "-3", "1", "-1", "10"}},
      {"down", {"2", "3", "-2", "2", "-2", "0", "0", "9"}},
      {"ceiling", {"3", "4", "-2", "3", "-2", "1", "0", "10"}},
      {"floor", {"2", "3", "-3", "2", "-3", "0", "-1", "9"}},
  };
  for (const Row& row : rows) {
    for (size_t i = 0; i < values.size(); ++i) {
      EXPECT_EQ(number(R"({"scale":0,"round":")" + std::string(row.mode) + "\"}", values[i]), row.results[i])
          << row.mode << ' ' << values[i];
    }
  }
  EXPECT_EQ(number(R"({"scale":2})", "0.005"), "0.00");
  EXPECT_EQ(number(R"({"scale":2})", "0.0050000000000000000001"), "0.01");
  EXPECT_EQ(number(R"({"scale":2})", "99.995"), "100.00");
  EXPECT_EQ(number(R"({"scale":2})", "1.5"), "1.50");
  EXPECT_EQ(number(R"({"scale":2})", "-0.001"), "0.00");
}

TEST(NumberFunction, ShiftsThePointExactly) {
  EXPECT_EQ(number(R"({"shift":2,"scale":0})", "\"19.99\""), "1999");
  EXPECT_EQ(number(R"({"shift":-2})", "1999"), "19.99");
  EXPECT_EQ(number(R"({"shift":3})", "1.5"), "1500");
}

TEST(NumberFunction, RefusesOptionsThatMakeNoSense) {
  EXPECT_THAT(step_fault(R"({"number":{"decimal":",","group":","}})"), HasSubstr("the decimal separator already"));
  EXPECT_THAT(step_fault(R"({"number":{"group":"ab"}})"), HasSubstr("one character"));
  EXPECT_THAT(step_fault(R"({"number":{"group":"5"}})"), HasSubstr("one character"));
  EXPECT_THAT(step_fault(R"({"number":{"round":"floor"}})"), HasSubstr("add `scale`"));
  EXPECT_THAT(step_fault(R"({"number":7})"), HasSubstr("must be an object"));
}

__extension__ typedef __int128 Wide;

std::string text_of(Wide value) {
  const bool negative = value < 0;
  std::string digits;
  for (Wide left = negative ? -value : value; left > 0; left /= 10)
    digits.insert(digits.begin(), static_cast<char>('0' + static_cast<int>(left % 10)));
  return (negative ? "-" : "") + (digits.empty() ? "0" : digits);
}

std::string with_point(Wide units, int scale) {
  std::string text = text_of(units < 0 ? -units : units);
  while (static_cast<int>(text.size()) <= scale) text.insert(text.begin(), '0');
  if (scale > 0) text.insert(text.size() - static_cast<size_t>(scale), ".");
  return (units < 0 ? "-" : "") + text;
}

// Rounding in exact integer arithmetic, written down as the definition says.
Wide rounded(Wide units, Wide divisor, Rounding mode) {
  Wide floor = units / divisor;
  if (units % divisor < 0) --floor;
  const Wide twice_left = 2 * (units - floor * divisor);
  const bool exact = twice_left == 0, tie = twice_left == divisor, above = twice_left > divisor, negative = units < 0;
  switch (mode) {
    case Rounding::half_even: return floor + (above || (tie && floor % 2 != 0) ? 1 : 0);
    case Rounding::half_up: return floor + (above || (tie && !negative) ? 1 : 0);
    case Rounding::half_down: return floor + (above || (tie && negative) ? 1 : 0);
    case Rounding::up: return floor + (!exact && !negative ? 1 : 0);
    case Rounding::down: return floor + (!exact && negative ? 1 : 0);
    case Rounding::ceiling: return floor + (exact ? 0 : 1);
    case Rounding::floor: return floor;
  }
  return floor;
}

TEST(Decimal, RoundsLikeExactIntegerArithmeticForRandomNumbers) {
  std::mt19937_64 random(7);
  const auto below = [&](uint64_t bound) { return static_cast<int64_t>(random() % bound); };
  for (int i = 0; i < 200'000; ++i) {
    const int scale_before = static_cast<int>(below(19)), scale_after = static_cast<int>(below(20));
    Wide bound = 1;
    for (int64_t digits = 1 + below(18); digits > 0; --digits) bound *= 10;
    Wide units = static_cast<Wide>(random() % static_cast<uint64_t>(bound));
    if (below(3) == 0) units = units / 1000 * 1000 + 500;  // ties are rare by themselves
    if (below(2) == 0) units = -units;
    const auto mode = static_cast<Rounding>(below(7));
    Wide power = 1;
    for (int k = 0; k < std::abs(scale_before - scale_after); ++k) power *= 10;
    const Wide expected = scale_after >= scale_before ? units * power : rounded(units, power, mode);
    Decimal decimal;
    ASSERT_TRUE(decimal.parse(with_point(units, scale_before), {}));
    ASSERT_TRUE(decimal.round(scale_after, mode));
    char text[Decimal::kTextMax];
    ASSERT_EQ(std::string(text, decimal.write(text)), with_point(expected, scale_after))
        << with_point(units, scale_before) << " to " << scale_after << " mode " << static_cast<int>(mode);
  }
}

TEST(Decimal, HoldsNumbersUpToItsLimitAndNoLarger) {
  const std::string nines(Decimal::kDigitsMax, '9');
  Decimal decimal;
  char text[Decimal::kTextMax];
  ASSERT_TRUE(decimal.parse("-" + nines, {}));
  EXPECT_EQ(std::string(text, decimal.write(text)), "-" + nines);
  EXPECT_FALSE(decimal.parse(nines + "9", {}));
  EXPECT_FALSE(decimal.parse(nines + "e1", {}));
  ASSERT_TRUE(decimal.parse("." + nines, {}));
  ASSERT_TRUE(decimal.round(2, Rounding::half_even));
  EXPECT_EQ(std::string(text, decimal.write(text)), "1.00");
  ASSERT_TRUE(decimal.parse("1e-500", {}));
  EXPECT_EQ(std::string(text, decimal.write(text)), "0." + std::string(499, '0') + "1");
}

}  // namespace
}  // namespace nexpo

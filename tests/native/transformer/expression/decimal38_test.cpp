#include "transformer/expression/decimal38.hpp"

#include <limits>
#include <random>
#include <string>

#include <gtest/gtest.h>

#include "transformer/expression/naive_decimal.hpp"

namespace nexpo::cel {
namespace {

constexpr int kPairs = 600;
using Round = Decimal38::Round;

std::string text_of(const std::optional<Decimal38>& number) {
  if (!number) return "none";
  char place[Decimal38::kTextMax];
  return {place, number->write(place)};
}
Decimal38 read(const std::string& text) {
  const std::optional<Decimal38> number = Decimal38::parse(text);
  EXPECT_TRUE(number) << text;
  return number.value_or(Decimal38());
}

// Numbers of all sizes, those at the edge of 38 digits and those with many zeros more often than by chance.
std::string random_number(std::mt19937_64& random) {
  const auto below = [&](size_t count) { return std::uniform_int_distribution<size_t>(0, count - 1)(random); };
  std::string digits;
  const size_t size = below(3) == 0 ? 36 + below(3) : 1 + below(20);
  for (size_t i = 0; i < size; ++i) digits += static_cast<char>('0' + (below(4) == 0 ? below(2) * 9 : below(10)));
  const size_t point = below(size + 1);
  if (point < size) digits.insert(point, point == 0 ? "0." : ".");
  return (below(2) == 0 ? "-" : "") + digits;
}

// What the naive reference says, as our type would have it: nothing beyond 38 digits.
std::string fitted(const NaiveDecimal& exact) {
  if (exact.digits.size() > Decimal38::kDigitsMax) return "none";
  return (exact.negative ? "-" : "") + exact.digits + "@" + std::to_string(exact.scale);
}
std::string fitted(const std::optional<Decimal38>& number) {
  return number ? fitted(NaiveDecimal::of(text_of(number))) : "none";
}

TEST(Decimal38, AgreesWithPaper) {
  std::mt19937_64 random(7);
  for (int i = 0; i < kPairs; ++i) {
    const std::string left = random_number(random), right = random_number(random);
    const std::optional<Decimal38> a = Decimal38::parse(left), b = Decimal38::parse(right);
    ASSERT_TRUE(a && b) << left << " " << right;
    const NaiveDecimal x = NaiveDecimal::of(left), y = NaiveDecimal::of(right);
    EXPECT_EQ(fitted(a), fitted(x)) << left;
    EXPECT_EQ(fitted(a->plus(*b)), fitted(x.plus(y))) << left << " + " << right;
    EXPECT_EQ(fitted(a->minus(*b)), fitted(x.plus(y.negated()))) << left << " - " << right;
    EXPECT_EQ(fitted(a->times(*b)), fitted(x.times(y))) << left << " * " << right;
    const NaiveDecimal difference = x.plus(y.negated());
    EXPECT_EQ(a->compare(*b), difference.digits.empty() ? 0 : difference.negative ? -1 : 1) << left << " ? " << right;
    if (y.digits.empty()) {
      EXPECT_FALSE(a->over(*b) || a->modulo(*b));
      continue;
    }
    const NaiveDecimal ratio = x.digits.empty() ? NaiveDecimal() : x.over(y, Decimal38::kDigitsMax);
    EXPECT_EQ(fitted(a->over(*b)), fitted(ratio)) << left << " / " << right;
    EXPECT_EQ(fitted(a->modulo(*b)), fitted(x.modulo(y))) << left << " % " << right;
  }
}

TEST(Decimal38, KeepsItsDigitsAsTheyWereWritten) {
  const std::pair<const char*, const char*> cases[] = {
      {"1.10", "1.10"}, {"-0.5", "-0.5"}, {".5", "0.5"},    {"+7", "7"},    {"1E3", "1000"},       {"1.5e-3", "0.0015"},
      {"0", "0"},       {"-0", "0"},      {"0.00", "0.00"}, {"12e0", "12"}, {"00012.50", "12.50"},
  };
  for (const auto& [given, kept] : cases) {
    EXPECT_EQ(text_of(Decimal38::parse(given)), kept) << given;
  }
  EXPECT_EQ(text_of(Decimal38::parse("99999999999999999999999999999999999999")), std::string(38, '9'));
  EXPECT_EQ(text_of(Decimal38::parse("1" + std::string(60, '0'))), "1" + std::string(60, '0'));
  EXPECT_EQ(text_of(Decimal38::parse("0.1" + std::string(60, '0'))), "0.1" + std::string(37, '0'));
}

TEST(Decimal38, RefusesWhatIsNoNumberOrDoesNotFit) {
  for (const char* const text : {"", "-", ".", "1.2.3", "1e", "e5", "1e+", "NaN", "Infinity", " 1", "1 ", "0x1", "1,5",
                                 "1e439", "1e-401", "1e99999999999", "123456789012345678901234567890123456789"})
    EXPECT_FALSE(Decimal38::parse(text)) << text;
}

TEST(Decimal38, SumsKeepTheFinerScaleAndProductsAddUp) {
  EXPECT_EQ(text_of(read("1.10").plus(read("2.2"))), "3.30");
  EXPECT_EQ(text_of(read("1.10").times(read("2"))), "2.20");
  EXPECT_EQ(text_of(read("0.1").plus(read("0.2"))), "0.3");
  EXPECT_EQ(text_of(read("99999999999999999999999999999999999999").plus(read("1"))), "1" + std::string(38, '0'));
  EXPECT_EQ(text_of(read("99999999999999999999999999999999999999").plus(read("0.1"))), "none");
}

TEST(Decimal38, QuotientsHave38DigitsHalfToEvenAndNoNeedlessZeros) {
  EXPECT_EQ(text_of(read("10").over(read("4"))), "2.5");
  EXPECT_EQ(text_of(read("10.00").over(read("4"))), "2.50");
  EXPECT_EQ(text_of(read("6").over(read("2"))), "3");
  EXPECT_EQ(text_of(read("1").over(read("3"))), "0." + std::string(38, '3'));
  EXPECT_EQ(text_of(read("2").over(read("3"))), "0." + std::string(37, '6') + "7");
  EXPECT_EQ(text_of(read("1").over(read("0"))), "none");
}

TEST(Decimal38, RoundsByEveryMode) {
  struct Case {
    const char* number;
    int digits;
    const char *half_even, *half_away, *towards_zero, *up, *down;
  };
  const Case cases[] = {
      {"2.5", 0, "2", "3", "2", "3", "2"},
      {"3.5", 0, "4", "4", "3", "4", "3"},
      {"-2.5", 0, "-2", "-3", "-2", "-2", "-3"},
      {"2.51", 0, "3", "3", "2", "3", "2"},
      {"1.005", 2, "1.00", "1.01", "1.00", "1.01", "1.00"},
      {"7", 2, "7.00", "7.00", "7.00", "7.00", "7.00"},
      {"-0.2", 0, "0", "0", "0", "0", "-1"},
      {"0.0000000001", 0, "0", "0", "0", "1", "0"},
  };
  for (const Case& one : cases) {
    const Decimal38 number = read(one.number);
    EXPECT_EQ(text_of(number.rounded(one.digits, Round::half_even)), one.half_even) << one.number;
    EXPECT_EQ(text_of(number.rounded(one.digits, Round::half_away)), one.half_away) << one.number;
    EXPECT_EQ(text_of(number.rounded(one.digits, Round::towards_zero)), one.towards_zero) << one.number;
    EXPECT_EQ(text_of(number.rounded(one.digits, Round::up)), one.up) << one.number;
    EXPECT_EQ(text_of(number.rounded(one.digits, Round::down)), one.down) << one.number;
  }
}

TEST(Decimal38, ConvertsToAndFromBinaryNumbers) {
  EXPECT_EQ(text_of(Decimal38::of(0.1)), "0.1");
  EXPECT_EQ(text_of(Decimal38::of(1e21)), "1" + std::string(21, '0'));
  EXPECT_FALSE(Decimal38::of(std::numeric_limits<double>::infinity()));
  EXPECT_EQ(read("-12.99").to_int(), -12);
  EXPECT_EQ(read("9223372036854775807.9").to_int(), INT64_MAX);
  EXPECT_FALSE(read("9223372036854775808").to_int());
  EXPECT_FALSE(read("-1").to_uint());
  EXPECT_EQ(read("18446744073709551615").to_uint(), UINT64_MAX);
  EXPECT_EQ(read("1.5e300").to_double(), 1.5e300);
}

}  // namespace
}  // namespace nexpo::cel

#include "base/double_text.hpp"

#include <gtest/gtest.h>

namespace nexpo {
namespace {

TEST(DoubleText, ReadsTheNearestDouble) {
  EXPECT_EQ(double_of("0.1"), 0.1);
  EXPECT_EQ(double_of("+12.50"), 12.5);
  EXPECT_EQ(double_of("-1.05884368E8"), -105884368.0);
  EXPECT_EQ(double_of(".5"), 0.5);
  EXPECT_EQ(double_of("9007199254740993"), 9007199254740992.0);
  EXPECT_EQ(double_of("1.7976931348623157e308"), 1.7976931348623157e308);
  EXPECT_EQ(double_of("0e5"), 0.0);
  EXPECT_EQ(double_of("0.000"), 0.0);
}

TEST(DoubleText, RefusesWhatIsNoDecimal) {
  for (const char* text :
       {"", "-", "+", "e5", "1e", "1.2.3", "0x10", "inf", "-inf", "nan", " 1", "1 ", "1,5", "--1", "one"})
    EXPECT_EQ(double_of(text), std::nullopt) << text;
}

TEST(DoubleText, RefusesWhatIsBeyondADouble) {
  EXPECT_EQ(double_of("1e309"), std::nullopt);
  EXPECT_EQ(double_of("-1e309"), std::nullopt);
  EXPECT_EQ(double_of("1e-400"), std::nullopt);
}

}  // namespace
}  // namespace nexpo

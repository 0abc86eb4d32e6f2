#include <gmock/gmock.h>

#include "transformer/mapped.hpp"
#include "transformer/number_locale.hpp"

namespace nexpo {
namespace {

using testing::HasSubstr;

std::string in_locale(const std::string& locale, const std::string& text) {
  return format(R"({"number":{"locale":")" + locale + "\"}}", "\"" + text + "\"");
}

TEST(NumberLocale, ReadsNumbersAsEachCountryWritesThem) {
  const struct {
    const char *locale, *text, *result;
  } rows[] = {
      {"de", "1.234.567,89", "1234567.89"},
      {"de", "1234567,89", "1234567.89"},
      {"de", "-0,50", "-0.50"},
      {"de", "1.234", "1234"},
      {"de-AT", "1 234,5", "1234.5"},
      {"de-AT", "1.234,5", "1234.5"},
      {"ch", "1'234'567.80", "1234567.80"},
      {"de-CH", "1’234.80", "1234.80"},
      {"fr", "1\u202f234\u202f567,89", "1234567.89"},
      {"fr", "1\u00a0234,5\u00a0", "1234.5"},
      {"fr", "1 234", "1234"},
      {"fr-CH", "1'234,5", "1234.5"},
      {"en", "1,234,567.89", "1234567.89"},
      {"en", "12", "12"},
      {"en-IN", "12,34,567.89", "1234567.89"},
      {"en-IN", "1,234", "1234"},
      {"sv", "\u22121\u00a0234,5", "-1234.5"},
      {"pl", "12 345,00", "12345.00"},
      {"pt-PT", "1 234,5", "1234.5"},
      {"ja", "1,234", "1234"},
      {"de", "1,5e3", "1500"},
      {"de", "12.345.678.901.234.567.890,123456789012345678901", "12345678901234567890.123456789012345678901"},
  };
  for (const auto& row : rows) EXPECT_EQ(in_locale(row.locale, row.text), row.result) << row.locale << ' ' << row.text;
}

// "1.5" is not fifteen: a mark in a place where the language puts none is a number of another language.
TEST(NumberLocale, RefusesMarksWhereTheLanguageHasNone) {
  const struct {
    const char *locale, *text;
  } rows[] = {{"de", "1.5"},
              {"de", "1.23,4"},
              {"de", "1234.567,8"},
              {"de", "1,234,567"},
              {"de", "1 234"},
              {"de", ".234"},
              {"de", "1..234"},
              {"de", "1.234."},
              {"en", "1.234,5"},
              {"en", "1,23"},
              {"en", "1,2345"},
              {"en", "12,34,567"},
              {"en-IN", "1,234,5"},
              {"fr", "1 234\u00a05"},
              {"fr", "1.234,5"},
              {"pt-PT", "1.234 567"},
              {"ch", "1'234’5"},
              {"en-IN", "12,34"},
              {"de", ""},
              {"de", "€ 5"},
              {"de", "1.234.56"},
              {"de", "1,"},
              {"sv", "\u2212\u22125"}};
  for (const auto& row : rows)
    EXPECT_THAT(in_locale(row.locale, row.text), HasSubstr("is not a number")) << row.locale << ' ' << row.text;
}

TEST(NumberLocale, LeavesJsonNumbersAlone) {
  EXPECT_EQ(format(R"({"number":{"locale":"de"}})", "1.5"), "1.5");
  EXPECT_EQ(format(R"({"number":{"locale":"de","scale":1,"shift":2}})", "\"1.234,56\""), "123456.0");
}

TEST(NumberLocale, RefusesOptionsThatMakeNoSense) {
  EXPECT_THAT(step_fault(R"({"number":{"locale":"xx"}})"), HasSubstr("`xx` is no locale"));
  EXPECT_THAT(step_fault(R"({"number":{"locale":"de","decimal":","}})"), HasSubstr("the locale says this already"));
  EXPECT_THAT(step_fault(R"({"number":{"locale":"de","group":"."}})"), HasSubstr("the locale says this already"));
}

TEST(NumberLocale, HasEachNameOnceInOrder) {
  const auto names = NumberLocale::names();
  EXPECT_TRUE(std::is_sorted(names.begin(), names.end()));
  EXPECT_EQ(std::adjacent_find(names.begin(), names.end()), names.end());
  for (const std::string_view name : names) EXPECT_EQ(NumberLocale::find(name)->name, name);
}

}  // namespace
}  // namespace nexpo

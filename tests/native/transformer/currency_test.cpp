#include <gmock/gmock.h>

#include "transformer/currency.hpp"
#include "transformer/mapped.hpp"

namespace nexpo {
namespace {

using testing::HasSubstr;

std::string currency(const std::string& options, const std::string& value) {
  return format("{\"currency\":" + options + "}", value);
}

TEST(CurrencyFunction, KnowsTheMinorUnitsOfIso4217) {
  const struct {
    const char* codes;
    int units;
  } rows[] = {{"JPY KRW VND CLP ISK XAF XOF XPF UGX PYG", 0},
              {"EUR USD GBP CHF PLN MGA MRU HUF CZK CNY INR BRL", 2},
              {"KWD BHD JOD OMR TND IQD LYD", 3},
              {"CLF UYW", 4}};
  for (const auto& row : rows) {
    std::istringstream codes(row.codes);
    for (std::string code; codes >> code;) EXPECT_EQ(minor_units(code), row.units) << code;
  }
  EXPECT_EQ(minor_units("eur"), 2);
  for (const char* code : {"", "EU", "EURO", "XAU", "XXX", "R U", "€", "UR ", "123"})
    EXPECT_EQ(minor_units(code), std::nullopt) << code;
}

TEST(CurrencyFunction, TurnsAmountsIntoMinorUnitsAndBack) {
  EXPECT_EQ(currency(R"({"code":"EUR"})", "19.99"), "1999");
  EXPECT_EQ(currency(R"({"code":"EUR"})", "\"19.9\""), "1990");
  EXPECT_EQ(currency(R"({"code":"EUR"})", "19.990"), "1999");
  EXPECT_EQ(currency(R"({"code":"JPY"})", "1500"), "1500");
  EXPECT_EQ(currency(R"({"code":"KWD"})", "-1.5"), "-1500");
  EXPECT_EQ(currency(R"({"code":"EUR"})", "123456789012345678901234567890.12"), "12345678901234567890123456789012");
  EXPECT_EQ(currency(R"({"code":"EUR","to":"major"})", "1999"), "19.99");
  EXPECT_EQ(currency(R"({"code":"EUR","to":"major"})", "5"), "0.05");
  EXPECT_EQ(currency(R"({"code":"JPY","to":"major"})", "1500"), "1500");
  EXPECT_EQ(currency(R"({"code":"KWD","to":"major"})", "-1500"), "-1.500");
  EXPECT_EQ(currency(R"({"code":"EUR","to":"major"})", "0"), "0.00");
}

TEST(CurrencyFunction, LosesNoPartOfAMinorUnitUnlessItIsToldHowToRound) {
  EXPECT_THAT(currency(R"({"code":"EUR"})", "19.999"), HasSubstr("has parts of a minor unit"));
  EXPECT_THAT(currency(R"({"code":"JPY"})", "0.5"), HasSubstr("has parts of a minor unit"));
  EXPECT_THAT(currency(R"({"code":"EUR","to":"major"})", "1.5"), HasSubstr("has parts of a minor unit"));
  EXPECT_EQ(currency(R"({"code":"EUR","round":"half_even"})", "0.125"), "12");
  EXPECT_EQ(currency(R"({"code":"EUR","round":"half_up"})", "0.125"), "13");
  EXPECT_EQ(currency(R"({"code":"EUR","to":"major","round":"up"})", "1.5"), "0.02");
}

TEST(CurrencyFunction, TakesTheCodeFromAnotherField) {
  const std::string mapping =
      R"([{"source":"v","target":"v","onError":"fail_record","transformation":{"type":"format","params":
         {"currency":{"code":{"field":"Currency"}}}}}])";
  EXPECT_EQ(map_record(mapping, R"({"v":12.5,"Currency":"USD"})"), R"({"v":1250})");
  EXPECT_EQ(map_record(mapping, R"({"v":12.5,"Currency":"kwd"})"), R"({"v":12500})");
  for (const char* record : {R"({"v":1,"Currency":"XXX"})", R"({"v":1,"Currency":null})", R"({"v":1})"})
    EXPECT_EQ(map_record(mapping, record), "currency: v `1` has no currency that ISO 4217 lists");
}

TEST(CurrencyFunction, RefusesWhatIsNoAmountAndOptionsThatMakeNoSense) {
  for (const char* value : {"\"\"", "\"1,5\"", "true", "[1]", "\"EUR 5\""})
    EXPECT_THAT(currency(R"({"code":"EUR"})", value), HasSubstr("is not a number")) << value;
  EXPECT_THAT(step_fault(R"({"currency":{}})"), HasSubstr("currency.code: this is missing"));
  EXPECT_THAT(step_fault(R"({"currency":{"code":"EURO"}})"), HasSubstr("`EURO` is no currency"));
  EXPECT_THAT(step_fault(R"({"currency":{"code":{"field":""}}})"), HasSubstr("code.field: this must be a text"));
  EXPECT_THAT(step_fault(R"({"currency":{"code":"EUR","to":"cents"}})"), HasSubstr("is not a choice"));
  EXPECT_THAT(compile_fault(R"([{"source":"v","target":"v","transformation":{"type":"format","params":
                               {"currency":{"code":"EUR"}}}}])"),
              HasSubstr("`currency` can fail, and nothing says what happens then"));
}

}  // namespace
}  // namespace nexpo

#include <gmock/gmock.h>

#include "transformer/contact/calling_codes.hpp"
#include "transformer/contact/phone.hpp"
#include "transformer/mapped.hpp"

namespace nexpo {
namespace {

using testing::HasSubstr;

std::string phone(const std::string& text, const std::string& country) {
  std::string out;
  const std::string_view fault = canonical_phone(text, country, out);
  return fault.empty() ? out : std::string(fault);
}

TEST(Phone, ReadsWhatPeopleWrite) {
  const struct {
    const char *text, *country, *result;
  } rows[] = {
      {"+49 30 123456", "", "+4930123456"},
      {"+49 (0) 30 / 123-456", "", "+4930123456"},
      {"+49 030 123456", "", "+4930123456"},
      {"(+49) 30 123456", "", "+4930123456"},
      {"030 123456", "DE", "+4930123456"},
      {"0049 30 123456", "DE", "+4930123456"},
      {"+44 20 7946 0018", "DE", "+442079460018"},
      {"(020) 7946\u00a00018", "GB", "+442079460018"},
      {"tel:+442079460018", "", "+442079460018"},
      {"(415) 555-2671", "US", "+14155552671"},
      {"1-415-555-2671", "US", "+14155552671"},
      {"+1 415.555.2671", "", "+14155552671"},
      {"011 44 20 7946 0018", "US", "+442079460018"},
      {"06 12 34 56 78", "FR", "+33612345678"},
      {"+33 (0)6 12 34 56 78", "", "+33612345678"},
      {"06 698 12345", "IT",
       "+3906698"
       "12345"},
      {"+39 06 69812345", "", "+390669812345"},
      {"612 345 678", "ES", "+34612345678"},
      {"8 (495) 123-45-67", "RU", "+74951234567"},
      {"495 123-45-67", "RU", "+74951234567"},
      {"800 555-35-35", "RU", "+78005553535"},
      {"06 1 234 5678", "HU", "+3612345678"},
      {"1 234 5678", "HU", "+3612345678"},
      {"010 1 415 555 2671", "JP", "+14155552671"},
      {"03-1234-5678", "JP", "+81312345678"},
      {"0412 345 678", "AU", "+61412345678"},
      {"0011 49 30 123456", "AU", "+4930123456"},
      {"44 12 34 56", "dk", "+4544123456"},
      {"+800 1234 5678", "", "+80012345678"},
      {"+47\u201312\u201334\u201356\u201378", "", "+4712345678"},
  };
  for (const auto& row : rows) EXPECT_EQ(phone(row.text, row.country), row.result) << row.text << ' ' << row.country;
}

TEST(Phone, SaysWhatIsWrong) {
  const struct {
    const char *text, *country, *fault;
  } rows[] = {
      {"", "DE", "has no digits"},
      {"n/a", "DE", "has letters"},
      {"+", "", "has no digits"},
      {"030 123456", "", "has no calling code, and no `country` says which one is meant"},
      {"030 123456", "ZZ", "has no calling code, and its country is not known here"},
      {"030 123456", "Germany", "has no calling code, and its country is not known here"},
      {"030 123456 ext. 7", "DE", "has an extension, which E.164 has no place for"},
      {"030 123456 x7", "DE", "has an extension, which E.164 has no place for"},
      {"+49 30 123456;ext=7", "", "has an extension, which E.164 has no place for"},
      {"030 123456 #7", "DE", "has an extension, which E.164 has no place for"},
      {"1-800-FLOWERS", "US", "has letters"},
      {"030*123", "DE", "has a character that is no part of a phone number"},
      {"٠٣٠", "EG", "has a character that is no part of a phone number"},
      {"30+49", "DE", "has a character that is no part of a phone number"},
      {"++49 30", "", "has a character that is no part of a phone number"},
      {"+999 123 4567", "", "has a calling code that is not assigned"},
      {"+210 123 4567", "", "has a calling code that is not assigned"},
      {"+1 415 555 267", "", "has too few or too many digits for its country"},
      {"555-2671", "US", "has too few or too many digits for its country"},
      {"+33 6 12 34 56 7", "", "has too few or too many digits for its country"},
      {"+49 301 2345 6789 01234", "", "has more than 15 digits"},
      {"+49 1", "", "has too few digits"},
      {"+49 123", "", "has too few or too many digits for its country"},
      {"+225 12345678901234", "", "has more than 15 digits"},
  };
  for (const auto& row : rows) EXPECT_EQ(phone(row.text, row.country), row.fault) << row.text;
  EXPECT_EQ(phone(std::string(101, '1'), "DE"), "is too long for a phone number");
}

TEST(Phone, KnowsWhatE164IsAndIsDoneWhenItIs) {
  for (const char* text : {"+4930123456", "+14155552671", "+78005553535", "+390669812345"}) {
    EXPECT_TRUE(is_e164(text)) << text;
    EXPECT_EQ(phone(text, ""), text);
  }
  for (const char* text :
       {"", "+", "4930123456", "+49 30123456", "+0123456", "+99912345", "+4930a", "+1234567890123456"})
    EXPECT_FALSE(is_e164(text)) << text;
}

TEST(CallingCountries, AreFoundByTheirCodesAndAgreeWithTheListOfTheItu) {
  const char* countries[] = {"AD", "AT", "AU", "BR", "CH", "CN", "DE", "ES", "FR", "GB", "HK", "IN",
                             "IT", "JP", "KR", "MX", "NL", "NO", "PL", "RU", "SE", "US", "XK", "ZA"};
  for (const char* name : countries) {
    const CallingCountry* country = CallingCountry::find(name);
    ASSERT_NE(country, nullptr) << name;
    EXPECT_EQ(country->country, name);
    EXPECT_EQ(calling_code_size(std::string(country->code) + "5555555"), country->code.size()) << name;
    EXPECT_EQ(CallingCountry::with_code(country->code)->trunk, country->trunk) << name;
  }
  EXPECT_EQ(CallingCountry::find("de")->code, "49");
  for (const char* name : {"", "D", "DEU", "AR", "ZZ", "49"}) EXPECT_EQ(CallingCountry::find(name), nullptr) << name;
  for (const char* code : {"0", "210", "28", "293", "384", "42", "671", "699", "80", "999"})
    EXPECT_EQ(calling_code_size(code), 0U) << code;
}

TEST(PhoneFunction, TakesTheCountryFromAnotherField) {
  const std::string mapping =
      R"([{"source":"Phone","target":"v","onError":"fail_record","transformation":{"type":"format","params":
         {"phone":{"country":{"field":"Country"}}}}}])";
  EXPECT_EQ(map_record(mapping, R"({"Phone":"030 123456","Country":"DE"})"), R"({"v":"+4930123456"})");
  EXPECT_EQ(map_record(mapping, R"({"Phone":"044 668 18 00","Country":"CH"})"), R"({"v":"+41446681800"})");
  EXPECT_EQ(map_record(mapping, R"({"Phone":"030 123456"})"),
            "phone: Phone `030 123456` has no calling code, and no `country` says which one is meant");
  EXPECT_EQ(format(R"({"phone":{"country":"DE"}})", "\"030 123456\""), R"("+4930123456")");
  EXPECT_EQ(format(R"({"phone":true})", "\"+49 30 123456\""), R"("+4930123456")");
  EXPECT_THAT(step_fault(R"({"phone":{"country":"Germany"}})"), HasSubstr("`Germany` is no country"));
}

}  // namespace
}  // namespace nexpo

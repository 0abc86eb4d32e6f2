#include "transformer/validation/record_rule.hpp"

#include <gmock/gmock.h>

#include "transformer/validation/validated.hpp"

namespace nexpo {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* kOrders = R"([{"source":"a","target":"start"},{"source":"b","target":"end"},
                                    {"source":"n","target":"Amount__c"},{"source":"o","target":"odd.name"}])";

std::string rules_fault(const std::string& rules) {
  try {
    validate_page(kOrders, {}, rules);
  } catch (const Error& error) {
    return error.message();
  }
  return "no fault";
}

TEST(RecordRules, HoldTheFieldsOfTheMappedRecordAgainstEachOther) {
  const ValidatedPage page = validate_page(kOrders,
                                           {
                                               R"({"a":"2024-01-01","b":"2024-01-02"})",
                                               R"({"a":"2024-01-02","b":"2024-01-01"})",
                                               R"({"a":"2024-01-02"})",
                                               R"({"a":"2024-01-02","b":null,"n":101})",
                                           },
                                           R"([{"expression":"record.end == null || record.start <= record.end",
                                                "message":"Ends before it starts."},
                                               {"expression":"record.Amount__c == null || record.Amount__c <= 100",
                                                "message":"Too much.","severity":"warn"}])");
  EXPECT_THAT(page.rows, ElementsAre(HasSubstr("0 {"), HasSubstr("2 {"), HasSubstr("3 {")));
  EXPECT_THAT(page.refusals, ElementsAre("1 expression of end: Ends before it starts."));
  EXPECT_THAT(page.counts, ElementsAre("validation[0] expression 1/4", "validation[1] expression 1/3"));
  EXPECT_THAT(page.warnings, ElementsAre("validation[1]: 1 of 3 Too much."));
}

TEST(RecordRules, DoNotHoldWhereTheyFail) {
  const ValidatedPage page =
      validate_page(kOrders, {R"({"n":0})", R"({"n":5})"},
                    R"([{"expression":"10 / int(record.Amount__c) == 2","message":"Not a half."}])");
  EXPECT_THAT(page.rows, ElementsAre(HasSubstr("1 {")));
  EXPECT_THAT(page.refusals, ElementsAre(HasSubstr("0 expression of Amount__c: Not a half. (the rule ")));
}

TEST(RecordRules, NameFieldsOfTheTargetAsTheyAreSpelt) {
  const ValidatedPage page =
      validate_page(kOrders, {R"({"o":"x"})"}, R"([{"expression":"record[\"odd.name\"] == 'x'","message":"no"}])");
  EXPECT_EQ(page.rows.size(), 1U);
}

TEST(RecordRules, ReportWhatIsWrongWithThem) {
  EXPECT_THAT(rules_fault("{}"), HasSubstr("validation: this must be a list"));
  EXPECT_THAT(rules_fault(R"([{"message":"x"}])"), HasSubstr("validation[0].expression: this is missing"));
  EXPECT_THAT(rules_fault(R"([{"expression":"true"}])"), HasSubstr("validation[0].message: this is missing"));
  EXPECT_THAT(rules_fault(R"([{"expression":"record.start ==","message":"x"}])"),
              HasSubstr("validation[0].expression: "));
  EXPECT_THAT(rules_fault(R"([{"expression":"record.begin == 'x'","message":"x"}])"), HasSubstr("begin"));
  EXPECT_THAT(rules_fault(R"([{"expression":"1 + 1","message":"x"}])"), HasSubstr("this gives no true or false"));
  EXPECT_THAT(rules_fault(R"([{"expression":"true","message":"x","code":"y"}])"),
              HasSubstr("code: this key is unknown"));
}

TEST(RecordRules, ArePartOfThePlanItsHashNames) {
  const auto hash = [](const char* rules) {
    const nlohmann::json json = nlohmann::json::parse(rules);
    MappingOptions options;
    options.validation = &json;
    return MappingPlan::compile(nlohmann::json::parse(kOrders), "m", options).hash();
  };
  EXPECT_EQ(hash("[]"), MappingPlan::compile(nlohmann::json::parse(kOrders), "m").hash());
  EXPECT_NE(hash("[]"), hash(R"([{"expression":"true","message":"x"}])"));
}

}  // namespace
}  // namespace nexpo

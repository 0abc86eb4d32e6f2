#include "transformer/validation/page_validator.hpp"

#include <gmock/gmock.h>

#include "transformer/validation/validated.hpp"

namespace nexpo {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kMappings = R"([
  {"source":"id","target":"id","validate":[{"rule":"unique"}]},
  {"source":"email","target":"email","validate":[{"rule":"email"},{"rule":"length","max":12,"severity":"warn"}]},
  {"source":"n","target":"n","onError":"fail_record","transformation":{"type":"format","params":{"number":true}},
   "validate":[{"rule":"range","max":10}]}])";

TEST(PageValidator, RejectsARecordForTheFirstRuleItBreaksAndLeavesTheOthersInOrder) {
  const ValidatedPage page = validate_page(kMappings, {
                                                          R"({"id":1,"email":"a@b.de","n":1})",
                                                          R"({"id":2,"email":"x","n":99})",
                                                          R"({"id":3,"email":"c@d.de","n":11})",
                                                          R"({"id":4,"email":"e@f.de","n":"x"})",
                                                          R"({"id":5,"email":"g@h.de","n":10})",
                                                          R"({"id":6,"email":"y","n":1})",
                                                      });
  EXPECT_THAT(page.rows, ElementsAre(R"(0 {"id":1,"email":"a@b.de","n":1})", R"(4 {"id":5,"email":"g@h.de","n":10})"));
  EXPECT_THAT(page.refusals,
              ElementsAre("1 email of email: email `x` is no email", "2 range of n: n `11` is more than 10",
                          "3 number of n: n `x` is not a number", "5 email of email: email `y` is no email"));
}

TEST(PageValidator, CountsEachRuleAndWarnsWithoutRejecting) {
  const ValidatedPage page = validate_page(kMappings, {
                                                          R"({"id":1,"email":"someone@long.example","n":1})",
                                                          R"({"id":2,"email":"x"})",
                                                          R"({"id":3,"email":null})",
                                                          R"({"id":1,"email":"a@b.de"})",
                                                      });
  EXPECT_THAT(page.rows,
              ElementsAre(R"(0 {"id":1,"email":"someone@long.example","n":1})", R"(2 {"id":3,"email":null})"));
  EXPECT_THAT(page.refusals, ElementsAre("1 email of email: email `x` is no email",
                                         "3 unique of id: id `1` is the value of an earlier record of the page"));
  EXPECT_THAT(page.counts,
              ElementsAre("fieldMappings[0].validate[0] unique 1/3", "fieldMappings[1].validate[0] email 1/3",
                          "fieldMappings[1].validate[1] length 1/2", "fieldMappings[2].validate[0] range 0/1"));
  EXPECT_THAT(page.warnings, ElementsAre("fieldMappings[1].validate[1]: 1 of 2 email has more than 12 characters"));
}

TEST(PageValidator, LetsARejectedRecordTakeNoValueFromOthers) {
  const std::string mappings = R"([{"source":"id","target":"id","validate":[{"rule":"unique"}]},
                                   {"source":"code","target":"code","validate":[{"rule":"unique"}]},
                                   {"source":"n","target":"n","validate":[{"rule":"range","max":10}]}])";
  const ValidatedPage page = validate_page(mappings, {
                                                         R"({"id":1,"n":99})",
                                                         R"({"id":1,"code":"a"})",
                                                         R"({"id":2,"code":"a"})",
                                                         R"({"id":2,"code":"b"})",
                                                         R"({"code":null})",
                                                         R"({"code":null})",
                                                     });
  EXPECT_THAT(page.rows, ElementsAre(R"(1 {"id":1,"code":"a"})", R"(3 {"id":2,"code":"b"})", R"(4 {"code":null})",
                                     R"(5 {"code":null})"));
  EXPECT_THAT(page.refusals, ElementsAre(HasSubstr("0 range of n"), HasSubstr("2 unique of code")));
}

TEST(PageValidator, LooksAtTheMappedValueDefaultsIncluded) {
  const ValidatedPage page = validate_page(
      R"([{"source":"v","target":"v","defaultValue":"none","validate":[{"rule":"enum","values":["A","B"]}],
           "transformation":{"type":"format","params":{"case":"upper"}}}])",
      {R"({"v":"a"})", R"({"v":"c"})", R"({})"});
  EXPECT_THAT(page.rows, ElementsAre(R"(0 {"v":"A"})"));
  EXPECT_THAT(page.refusals, ElementsAre("1 enum of v: v `C` is none of the values that are allowed",
                                         "2 enum of v: v `none` is none of the values that are allowed"));
}

TEST(PageValidator, HoldsNothingAgainstRemovals) {
  const MappingPlan plan = MappingPlan::compile(
      nlohmann::json::parse(R"([{"source":"v","target":"v","validate":[{"rule":"email"},{"rule":"unique"}]}])"), "m");
  RecordBatch source = batch_of(plan.source_paths(), {R"({"v":"x"})", R"({"v":"a@b.de"})", R"({"v":"a@b.de"})"});
  source.head(0).op = RecordOp::remove;
  source.head(2).op = RecordOp::remove;
  const MappedBatch mapped = plan.apply(source);
  EXPECT_EQ(mapped.source_row, (std::vector<size_t>{0, 1, 2}));
  EXPECT_THAT(mapped.rejections, IsEmpty());
}

Schema picklist_target(std::vector<std::string> values, const char* native) {
  Schema target;
  target.object = "Lead";
  FieldSchema field;
  field.name = "v";
  field.native_type = native;
  field.values = std::move(values);
  target.fields.push_back(field);
  return target;
}

TEST(PageValidator, TakesThePicklistFromTheTargetOfTheDay) {
  const std::string mappings = R"([{"source":"v","target":"v","validate":[{"rule":"enum","picklist":true}]}])";
  const std::vector<std::string> records = {R"({"v":"New"})", R"({"v":"Old"})", R"({"v":"New;Won"})"};
  const Schema single = picklist_target({"New", "Won"}, "picklist");
  ValidatedPage page = validate_page(mappings, records, "[]", &single);
  EXPECT_THAT(page.rows, ElementsAre(R"(0 {"v":"New"})"));
  EXPECT_THAT(page.counts, ElementsAre("fieldMappings[0].validate[0] enum 2/3"));
  const Schema several = picklist_target({"New", "Won"}, "multipicklist");
  page = validate_page(mappings, records, "[]", &several);
  EXPECT_THAT(page.rows, ElementsAre(R"(0 {"v":"New"})", R"(2 {"v":"New;Won"})"));
  const Schema free = picklist_target({}, "string");
  page = validate_page(mappings, records, "[]", &free);
  EXPECT_EQ(page.rows.size(), 3U);
  EXPECT_THAT(page.warnings, ElementsAre(HasSubstr("the rule checks nothing")));
  page = validate_page(mappings, records);
  EXPECT_THAT(page.counts, ElementsAre("fieldMappings[0].validate[0] enum 0/0")) << "nobody said what is allowed";
}

TEST(PageValidator, MakesItsRulesPartOfThePlanItsHashNames) {
  const auto hash = [](const char* mappings) {
    return MappingPlan::compile(nlohmann::json::parse(mappings), "m").hash();
  };
  EXPECT_NE(hash(R"([{"source":"v","target":"v"}])"),
            hash(R"([{"source":"v","target":"v","validate":[{"rule":"email"}]}])"));
}

}  // namespace
}  // namespace nexpo

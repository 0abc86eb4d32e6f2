#include <gmock/gmock.h>

#include "transformer/mapped.hpp"

namespace nexpo {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

FieldSchema field(std::string name, FieldType type = FieldType::text, std::optional<int> length_max = {}) {
  FieldSchema schema;
  schema.name = std::move(name);
  schema.type = type;
  schema.length_max = length_max;
  return schema;
}

Schema account() {
  Schema schema;
  schema.object = "Account";
  schema.fields = {field("Id", FieldType::reference, 18),     field("Name", FieldType::text, 255),
                   field("Amount", FieldType::number),        field("Employees", FieldType::integer),
                   field("Active", FieldType::boolean),       field("Founded", FieldType::date),
                   field("CreatedDate", FieldType::datetime), field("Address", FieldType::json)};
  schema.fields[2].scale = 2;
  return schema;
}

Schema customers() {
  Schema schema;
  schema.object = "customers";
  schema.fields = {field("id"),
                   field("name", FieldType::text, 80),
                   field("amount", FieldType::number),
                   field("employees", FieldType::integer),
                   field("active", FieldType::boolean),
                   field("founded", FieldType::date),
                   field("created", FieldType::datetime),
                   field("tier", FieldType::text, 4),
                   field("secret")};
  schema.fields[7].values = {"gold", "iron"};
  schema.fields[8].creatable = schema.fields[8].updatable = false;
  return schema;
}

struct Checked {
  std::string fault = "no fault";
  std::vector<std::string> warnings;
};

Checked check(const std::string& mappings, const Schema& source = account(), const Schema& target = customers()) {
  const MappingPlan plan = MappingPlan::compile(nlohmann::json::parse(mappings), "fieldMappings");
  try {
    return {"no fault", plan.check(&source, &target, "fieldMappings")};
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::invalid);
    return {error.message(), {}};
  }
}

Checked check_one(const std::string& source, const std::string& target, const std::string& more = "") {
  return check(R"([{"source":")" + source + R"(","target":")" + target + "\"" + more + "}]");
}

TEST(MappingCheck, AcceptsFieldsThatFit) {
  const Checked checked = check(
      R"([{"source":"Id","target":"id"},{"source":"Amount","target":"AMOUNT"},
               {"source":"employees","target":"amount2"}])");
  EXPECT_THAT(checked.fault,
              HasSubstr("fieldMappings[2].target: `amount2` is no field of customers; did you mean `amount`?"));
  EXPECT_EQ(check_one("Id", "id").fault, "no fault");
  EXPECT_THAT(check_one("Id", "id").warnings, IsEmpty());
  EXPECT_EQ(check_one("Employees", "amount").fault, "no fault");
  EXPECT_EQ(check_one("CreatedDate", "name").fault, "no fault");
}

TEST(MappingCheck, FindsUnknownSourceFieldsInTemplatesToo) {
  EXPECT_THAT(check_one("Nmae", "name").fault,
              HasSubstr("fieldMappings[0].source: `Nmae` is no field of Account; did you mean `Name`?"));
  EXPECT_THAT(
      check_one("Name", "name", R"(,"transformation":{"type":"format","params":{"template":"{} {Citty}"}})").fault,
      HasSubstr("the template's field Citty: `Citty` is no field of Account"));
  const Checked deep = check_one("Owner.Name", "id");
  EXPECT_EQ(deep.fault, "no fault");
  EXPECT_THAT(deep.warnings.at(0), HasSubstr("is not checked"));
}

TEST(MappingCheck, FindsReadOnlyAndTwiceFilledTargets) {
  EXPECT_THAT(check_one("Id", "secret").fault, HasSubstr("`secret` is read-only in customers"));
  EXPECT_THAT(check(R"([{"source":"Id","target":"id"},{"source":"Name","target":"ID"}])").fault,
              HasSubstr("`id` is filled by an earlier mapping"));
}

TEST(MappingCheck, FindsTypesThatDoNotConvertAndNamesTheStepThatHelps) {
  EXPECT_THAT(check_one("Name", "amount").fault,
              HasSubstr("Name gives text, and `amount` takes number; add the format step `number`"));
  EXPECT_THAT(check_one("Name", "active").fault, HasSubstr("add the format step `boolean`"));
  EXPECT_THAT(check_one("CreatedDate", "founded").fault, HasSubstr("gives datetime, and `founded` takes date"));
  EXPECT_THAT(check_one("Founded", "created").fault, HasSubstr("gives date, and `created` takes datetime"));
  EXPECT_THAT(check_one("Address", "amount").fault, HasSubstr("gives json"));
  EXPECT_THAT(check_one("Amount", "employees").warnings.at(0), HasSubstr("values that do not fit will be refused"));
}

TEST(MappingCheck, FollowsTypesThroughSteps) {
  const auto with = [](const std::string& params) {
    return R"(,"onError":"null","transformation":{"type":"format","params":)" + params + "}";
  };
  EXPECT_EQ(check_one("Name", "amount", with(R"({"number":{"scale":2}})")).fault, "no fault");
  EXPECT_EQ(check_one("Name", "employees", with(R"({"number":{"scale":0}})")).fault, "no fault");
  EXPECT_EQ(check_one("CreatedDate", "founded", with(R"({"date":{"format":"date","zone":"UTC"}})")).fault, "no fault");
  EXPECT_EQ(check_one("Name", "founded", with(R"({"date":{"parse":"dd.MM.yyyy"}})")).fault, "no fault");
  EXPECT_EQ(check_one("Founded", "founded", with(R"({"date":true})")).fault, "no fault");
  EXPECT_THAT(check_one("Founded", "founded", with(R"({"date":{"format":"dd.MM.yyyy"}})")).fault,
              HasSubstr("gives text"));
  EXPECT_THAT(check_one("Amount", "amount", with(R"({"trim":true})")).fault, HasSubstr("gives text"));
  EXPECT_THAT(check_one("Name", "amount",
                        R"(,"transformation":{"type":"lookup","params":{"table":{"a":1,"b":2.5},"otherwise":0}})")
                  .fault,
              "no fault");
}

TEST(MappingCheck, WarnsOfTextThatMayNotFitAndRefusesTextThatCannot) {
  EXPECT_THAT(check_one("Name", "name").warnings.at(0),
              HasSubstr("up to 255 characters, and `name` takes 80: add the format step `truncate`"));
  EXPECT_THAT(check_one("Name", "name", R"(,"transformation":{"type":"format","params":{"truncate":80}})").warnings,
              IsEmpty());
  EXPECT_THAT(
      check_one(
          "Name", "tier",
          R"(,"transformation":{"type":"lookup","params":{"table":{"a":"gold","b":"golden"},"otherwise":"iron"}})")
          .fault,
      HasSubstr("`golden` has 6 characters, and `tier` takes 4"));
  EXPECT_THAT(check_one("Name", "tier", R"(,"defaultValue":"zinc")").fault,
              HasSubstr("`zinc` is not a value that `tier` takes; known: gold, iron"));
}

TEST(MappingCheck, FindsRequiredFieldsThatNothingFills) {
  Schema target = customers();
  target.fields[1].required = true;
  EXPECT_THAT(check(R"([{"source":"Id","target":"id"}])", account(), target).fault,
              HasSubstr("fieldMappings[1]: `name` is required in customers, and no mapping fills it"));
  target.fields[1].nullable = false;
  EXPECT_THAT(check(R"([{"source":"Id","target":"name"}])", account(), target).warnings.at(0),
              HasSubstr("may not be empty"));
}

TEST(MappingCheck, ChecksOneSideIfTheOtherIsUnknown) {
  const MappingPlan plan =
      MappingPlan::compile(nlohmann::json::parse(R"([{"source":"Whatever","target":"amount"}])"), "m");
  const Schema target = customers();
  EXPECT_THAT(plan.check(nullptr, &target, "m"), IsEmpty());
  EXPECT_THAT(plan.check(nullptr, nullptr, "m"), IsEmpty());
}

TEST(MappingHints, TellATargetWhatToExpect) {
  const MappingPlan plan = MappingPlan::compile(nlohmann::json::parse(R"([
      {"source":"Name","target":"n","required":true},
      {"source":"Amount","target":"a"},
      {"source":"Name","target":"d","onError":"null",
       "transformation":{"type":"format","params":{"date":{"format":"datetime"}}}},
      {"source":"Name","target":"s",
       "transformation":{"type":"format","params":{"steps":[{"case":"upper"},{"truncate":{"codePoints":10}}]}}},
      {"source":"Name","target":"b","onError":"null","transformation":{"type":"format","params":{"boolean":true}}},
      {"source":"Name","target":"l","transformation":{"type":"format","params":{"split":{"by":";"}}}}])"),
                                                "m");
  const Schema source = account();
  const auto hints = plan.target_hints(&source);
  EXPECT_EQ(hints[0].name, "n");
  EXPECT_EQ(hints[0].length_max, 255);
  EXPECT_FALSE(hints[0].nullable);
  EXPECT_EQ(hints[1].type, FieldType::number);
  EXPECT_EQ(hints[1].scale, 2);
  EXPECT_TRUE(hints[1].nullable);
  EXPECT_EQ(hints[2].type, FieldType::datetime);
  EXPECT_EQ(hints[3].length_max, 10);
  EXPECT_EQ(hints[4].type, FieldType::boolean);
  EXPECT_EQ(hints[5].type, FieldType::json);
  EXPECT_EQ(plan.target_hints(nullptr)[1].type, FieldType::text);
}

}  // namespace
}  // namespace nexpo

// A mapping tried on sample records, and the times of a schedule, through the engine.
#include "engine/mapping_methods.hpp"

#include "engine/called_engine.hpp"
#include "engine/end_methods.hpp"

namespace nexpo {
namespace {

using nlohmann::json;

json mappings() {
  return json::parse(R"([
    {"source": "Id", "target": "id", "required": true},
    {"source": "Owner.Name", "target": "owner"},
    {"source": "Amount", "target": "amount", "onError": "fail_record",
     "transformation": {"type": "format", "params": {"number": {"scale": 2}}}}])");
}

json body_of(const std::string& records, json more = json::object()) {
  json body{{"fieldMappings", mappings()}, {"records", records}};
  body.update(more);
  return body;
}

TEST(MappingPreview, GivesTheOutputOfEachRecordOrWhyItIsRefusedInOrder) {
  CalledEngine engine;
  const std::string records =
      R"([{"Id":1,"Owner":{"Name":"Ada"},"Amount":12345678901234567890.5},{"Id":2,"Amount":"many"},{"Owner":null}])";
  EXPECT_EQ(engine.answer("mapping.preview", body_of(records)),
            R"({"records":[{"output":{"id":1,"owner":"Ada","amount":"12345678901234567890.50"}},)"
            R"({"rejected":{"code":"number","field":"amount","message":"Amount `many` is not a number"}},)"
            R"({"rejected":{"code":"required","field":"id","message":"Id is missing, and id is required"}}],)"
            R"("diagnostics":[],"warnings":[],"personal":[],"tests":[]})");
}

TEST(MappingPreview, FindsAPathOfAFlatRecordToo) {
  CalledEngine engine;
  const json preview = engine.call("mapping.preview", body_of(R"([{"Id":1,"Owner.Name":"Ada"}])"));
  EXPECT_EQ(preview["records"][0]["output"]["owner"], "Ada");
}

TEST(MappingPreview, SaysWhatIsWrongWithAMappingThatDoesNotCompileAndMapsNothing) {
  CalledEngine engine;
  json wrong = mappings();
  wrong[1]["target"] = "id";
  wrong[2].erase("onError");
  const json preview = engine.call("mapping.preview", body_of(R"([{"Id":1}])", {{"fieldMappings", wrong}}));
  EXPECT_TRUE(preview["records"].empty());
  ASSERT_EQ(preview["diagnostics"].size(), 2u);
  EXPECT_EQ(preview["diagnostics"][0], json({{"path", "fieldMappings[1].target"},
                                             {"reason", "`id` is filled by an earlier mapping"},
                                             {"fix", "leave one of them out"}}));
  EXPECT_EQ(preview["diagnostics"][1]["path"], "fieldMappings[2].transformation");
}

TEST(MappingPreview, SaysWhatIsWrongWithTheRulesAndTheDirectionOfItsSync) {
  CalledEngine engine;
  const json sync{{"direction", "two_way"},
                  {"conflictResolution", "manual"},
                  {"conflicts", {{"fallback", "source_wins"}, {"rules", {{"id", {{"rule", "authority"}}}}}}}};
  const json preview = engine.call("mapping.preview", body_of("[]", sync));
  json paths = json::array();
  for (const json& one : preview["diagnostics"]) paths.push_back(one["path"]);
  EXPECT_EQ(paths, (json{"conflicts.rules.id.side", "conflicts.fallback", "fieldMappings[1]",
                         "fieldMappings[2].transformation"}));
}

TEST(MappingPreview, HoldsTheMappingAgainstTheSchemasAndMapsAllTheSame) {
  CalledEngine engine;
  const json source{{"object", "Deal"},
                    {"fields", {{{"name", "Id"}, {"type", "integer"}}, {{"name", "Amount"}, {"type", "text"}}}}};
  const json target{
      {"object", "deals"},
      {"fields",
       {{{"name", "id"}, {"type", "integer"}}, {{"name", "amount"}, {"type", "boolean"}, {"required", true}}}}};
  const json preview =
      engine.call("mapping.preview", body_of(R"([{"Id":1}])", {{"sourceSchema", source}, {"targetSchema", target}}));
  EXPECT_EQ(preview["records"][0]["output"]["id"], 1);
  ASSERT_EQ(preview["diagnostics"].size(), 2u) << preview;
  EXPECT_EQ(preview["diagnostics"][0]["reason"], "`owner` is no field of deals");
  EXPECT_EQ(preview["diagnostics"][1]["path"], "fieldMappings[2]");
}

TEST(MappingPreview, TellsWhatARunWouldWarnOf) {
  CalledEngine engine;
  const json target{{"fields",
                     {{{"name", "id"}, {"type", "text"}},
                      {{"name", "owner"}, {"type", "text"}, {"nullable", false}},
                      {{"name", "amount"}, {"type", "number"}}}}};
  const json preview = engine.call("mapping.preview", body_of("[]", {{"targetSchema", target}}));
  EXPECT_TRUE(preview["diagnostics"].empty());
  ASSERT_EQ(preview["warnings"].size(), 1u) << preview;
  EXPECT_EQ(preview["warnings"][0].get<std::string>().find("fieldMappings[1]: `owner` may not be empty"), 0u);
}

TEST(MappingPreview, NamesTheMemberOfASchemaThatIsWrong) {
  CalledEngine engine;
  const json schema{{"fields", {{{"name", "Id"}, {"type", "number of some kind"}}}}};
  EXPECT_EQ(engine.error_of("mapping.preview", body_of("[]", {{"sourceSchema", schema}})).field(),
            "sourceSchema.fields[0].type");
}

TEST(MappingPreview, TakesAThousandRecordsAndNotOneMore) {
  CalledEngine engine;
  json records = json::array();
  for (int i = 0; i < kPreviewRecordsMax; ++i) records.push_back({{"Id", i}});
  EXPECT_EQ(engine.call("mapping.preview", body_of(records.dump()))["records"].size(), 1000u);
  records.push_back({{"Id", 0}});
  EXPECT_EQ(engine.error_of("mapping.preview", body_of(records.dump())).field(), "records");
}

TEST(MappingPreview, ATextThatNoUnicodeCanHoldIsARejection) {
  CalledEngine engine;
  const json preview = engine.call("mapping.preview", body_of(R"([{"Id":"\ud800"},{"Id":"ok"}])"));
  EXPECT_EQ(preview["records"][0]["rejected"]["field"], "id");
  EXPECT_EQ(preview["records"][1]["output"]["id"], "ok");
}

json test_of(const json& input, const json& expect) { return {{"input", input}, {"expect", expect}}; }

TEST(MappingTests, SayWhichOfThemTheMappingKeeps) {
  CalledEngine engine;
  json named = test_of({{"Id", 1}, {"Amount", "2.5"}}, {{"id", 1}, {"amount", 2.5}});
  named["name"] = "an amount has two digits";
  const json tests{named, test_of({{"Id", 2}}, {{"id", 3}}), test_of({{"Id", 2}}, {{"owner", nullptr}}),
                   test_of({{"Id", 2}, {"Owner", nullptr}}, {{"owner", nullptr}})};
  const json judged = engine.call("mapping.preview", body_of("[]", {{"tests", tests}}))["tests"];
  ASSERT_EQ(judged.size(), 4u);
  EXPECT_EQ(
      judged[0],
      json({{"name", "an amount has two digits"}, {"ok", true}, {"got", {{"output", {{"id", 1}, {"amount", 2.5}}}}}}));
  EXPECT_EQ(judged[1], json({{"name", "tests[1]"}, {"ok", false}, {"got", {{"output", {{"id", 2}}}}}}));
  EXPECT_EQ(judged[2]["ok"], false) << "a field that is not there is not null";
  EXPECT_EQ(judged[3]["ok"], true);
}

TEST(MappingTests, AskForARejectionByItsCode) {
  CalledEngine engine;
  const json tests{test_of({{"Owner", nullptr}}, {{"rejected", "required"}}),
                   test_of({{"Owner", nullptr}}, {{"rejected", "number"}}),
                   test_of({{"Id", 1}}, {{"rejected", "required"}}), test_of(json::object(), {{"id", 1}})};
  const json judged = engine.call("mapping.preview", body_of("[]", {{"tests", tests}}))["tests"];
  std::vector<bool> ok;
  for (const json& one : judged) ok.push_back(one["ok"]);
  EXPECT_EQ(ok, (std::vector{true, false, false, false})) << judged;
  EXPECT_EQ(judged[3]["got"]["rejected"]["code"], "required");
}

TEST(MappingTests, AFieldThatIsCalledRejectedIsAField) {
  CalledEngine engine;
  const json tests{test_of({{"a", "no"}}, {{"rejected", "no"}})};
  const json body{{"fieldMappings", {{{"source", "a"}, {"target", "rejected"}}}}, {"records", "[]"}, {"tests", tests}};
  EXPECT_EQ(engine.call("mapping.preview", body)["tests"][0]["ok"], true);
}

TEST(MappingTests, WhatIsWrongWithThemIsADiagnosticWithItsPlace) {
  CalledEngine engine;
  const json tests{{{"input", 1}, {"expect", json::object()}, {"expects", 1}}, 5, {{"input", json::object()}}};
  const json preview = engine.call("mapping.preview", body_of(R"([{"Id":1}])", {{"tests", tests}}));
  std::vector<std::string> paths;
  for (const json& fault : preview["diagnostics"]) paths.push_back(fault["path"]);
  EXPECT_EQ(paths, (std::vector<std::string>{"tests[0].expects", "tests[0].input", "tests[1]", "tests[2].expect"}));
  EXPECT_EQ(preview["records"].size(), 1u);
  EXPECT_TRUE(preview["tests"].empty());
}

TEST(MappingApply, GivesOneResultForEachRecordInOrder) {
  CalledEngine engine;
  const std::string records = R"([{"Owner":{"Name":"Ada"}},{"Id":12345678901234567890,"Owner.Name":"Bob \"\u00e9\""}])";
  EXPECT_EQ(
      engine.answer("mapping.apply", body_of(records)),
      R"({"results":[{"rejected":{"code":"required","field":"id","message":"Id is missing, and id is required"}},)"
      "{\"output\":{\"id\":\"12345678901234567890\",\"owner\":\"Bob \\\"\u00e9\\\"\"}}],"
      R"("warnings":[],"counters":[]})");
}

TEST(MappingApply, AMappingThatDoesNotCompileIsAnErrorWithItsFaults) {
  CalledEngine engine;
  const json body{{"fieldMappings", {{{"source", "a"}}}}, {"records", "[]"}};
  const Error error = engine.error_of("mapping.apply", body);
  EXPECT_EQ(error.kind(), ErrorKind::invalid);
  EXPECT_NE(error.message().find("fieldMappings[0].target"), std::string::npos) << error.message();
}

TEST(MappingApply, TakesFiftyThousandRecordsAndNotOneMore) {
  CalledEngine engine;
  std::string records = "[{\"Id\":1}";
  for (int i = 1; i < kCallRecordsMax; ++i) records += ",{\"Id\":1}";
  EXPECT_EQ(engine.call("mapping.apply", body_of(records + "]"))["results"].size(), 50'000u);
  EXPECT_EQ(engine.error_of("mapping.apply", body_of(records + ",{}]")).field(), "records");
}

TEST(MappingPreview, NamesTheFieldsThatHoldPersonalData) {
  CalledEngine engine;
  json personal = mappings();
  personal[0]["pii"] = true;
  personal.push_back({{"source", "Id"}, {"target", "copy"}});
  const json preview = engine.call("mapping.preview", body_of("[]", {{"fieldMappings", personal}}));
  EXPECT_EQ(preview["personal"], json({"id", "copy"}));
}

TEST(NextRun, IsTheNextTimeOfTheScheduleInItsZone) {
  CalledEngine engine;
  constexpr int64_t kNoon = 1'767'268'800'000;  // 2026-01-01T12:00Z
  const auto next = [&](const json& schedule) {
    return engine.call("schedule.next", {{"schedule", schedule}, {"after", kNoon}})["next"];
  };
  EXPECT_EQ(next("30 6 * * *"), "2026-01-02T06:30:00.000Z");
  EXPECT_EQ(next({{"cron", "30 6 * * *"}, {"timeZone", "America/New_York"}}), "2026-01-02T11:30:00.000Z");
  EXPECT_EQ(next("0 0 30 2 *"), nullptr);
}

TEST(NextRun, AnExpressionThatIsNoneNamesTheSchedule) {
  CalledEngine engine;
  for (const json& wrong :
       {json("every day"), json(5), json(nullptr), json({{"cron", "0 0 * * *"}, {"zone", "UTC"}})}) {
    const Error error = engine.error_of("schedule.next", {{"schedule", wrong}});
    EXPECT_EQ(error.kind(), ErrorKind::invalid);
    EXPECT_EQ(error.field(), "schedule") << wrong;
  }
}

}  // namespace
}  // namespace nexpo

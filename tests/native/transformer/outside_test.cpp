// Mappings that ask for what does not stand in them: what is asked, when, and what becomes of the answers.
#include "transformer/outside.hpp"

#include <functional>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/sim_clock.hpp"
#include "transformer/lookups.hpp"
#include "transformer/mapped.hpp"

namespace nexpo {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;

/// Answers from tables by `at`, in the time it takes, and remembers what it was asked.
class ScriptedOutside final : public Outside {
 public:
  explicit ScriptedOutside(SimClock& clock) : clock_(clock) {}

  Task<OutsideAnswers> ask(const OutsideQuery& query, std::vector<Value> questions) override {
    std::vector<std::string>& list = asked.emplace_back();
    for (const Value& question : questions) list.emplace_back(question.view());
    const std::string name = name_of(query);
    const auto wait = delays.find(name);
    co_await clock_.sleep(wait == delays.end() ? Millis(1) : wait->second);
    if (name == outage) throw Error(ErrorKind::unavailable, "the other system is away");
    OutsideAnswers out{{}, std::make_shared<Arena>()};
    for (const Value& question : questions) out.answers.push_back(answer(name, question, *out.memory));
    co_return out;
  }

  std::map<std::string, std::map<std::string, std::string>> tables;
  std::map<std::string, Millis> delays;
  std::string outage;
  std::vector<std::vector<std::string>> asked;

 private:
  static std::string name_of(const OutsideQuery& query) {
    if (const auto* record = std::get_if<RecordQuery>(&query.of)) return record->object;
    if (const auto* link = std::get_if<LinkQuery>(&query.of)) return link->sync_id;
    return std::get<FunctionQuery>(query.of).name;
  }
  OutsideAnswer answer(const std::string& name, Value question, Arena& memory) {
    using State = OutsideAnswer::State;
    const auto& table = tables[name];
    const auto found = table.find(std::string(question.view()));
    if (found == table.end()) return {State::missing, {}, "missing_parent", "is not there", true};
    if (found->second == "!") return {State::failed, {}, "ambiguous", "is there twice", false};
    if (found->second == "null") return {State::found, Value::null(), {}, {}, false};
    return {State::found, Value::text(memory.copy(found->second)), {}, {}, false};
  }

  SimClock& clock_;
};

class OutsideSteps : public testing::Test {
 protected:
  static json lookup(const std::string& object, json more = json::object()) {
    json params{{"from", {{"integration", "crm"}}}, {"object", object}, {"key", "K"}, {"value", "V"}};
    params.update(more);
    return {{"type", "lookup"}, {"params", params}};
  }
  static json step(const std::string& name, json options = true) {
    return {{"type", "format"}, {"params", {{name, options}}}};
  }
  static json field(const std::string& source, json transformation, json more = {{"onError", "fail_record"}}) {
    json out{{"source", source}, {"target", source + "_out"}, {"transformation", std::move(transformation)}};
    out.update(more);
    return out;
  }

  MappedBatch map(const std::vector<json>& mappings, const std::vector<std::string>& records,
                  std::vector<Rejection> unreadable = {}) {
    MappingOptions options;
    options.has_function = [](std::string_view name) { return name == "score"; };
    plan_ = std::make_unique<MappingPlan>(MappingPlan::compile(json(mappings), "fieldMappings", options));
    source_ = batch_of(plan_->source_paths(), records);
    if (removed_) source_.head(*removed_).op = RecordOp::remove;
    return clock_.run(map_batch(*plan_, source_, std::move(unreadable), outside_, workers_));
  }
  static std::vector<std::string> rows(const MappedBatch& mapped) {
    std::vector<std::string> out;
    for (size_t row = 0; row < mapped.records.size(); ++row) append_json_row(out.emplace_back(), mapped.records, row);
    return out;
  }
  static std::vector<std::string> refusals(const MappedBatch& mapped) {
    std::vector<std::string> out;
    for (const Rejection& one : mapped.rejections)
      out.push_back(std::to_string(one.row) + " " + one.code + ": " + one.message + (one.retryable ? " (again)" : ""));
    return out;
  }

  SimClock clock_;
  SimWorkers workers_{clock_};
  ScriptedOutside outside_{clock_};
  std::unique_ptr<MappingPlan> plan_;
  RecordBatch source_;
  std::optional<size_t> removed_;
};

TEST_F(OutsideSteps, DistinctQuestionsOfAPageArePutAtOnce) {
  outside_.tables["Account"] = {{"A", "one"}, {"B", "two"}};
  const MappedBatch mapped = map({field("k", {step("trim"), lookup("Account"), step("case", "upper")})},
                                 {R"({"k":"A"})", R"({"k":" B "})", R"({"k":"A"})", R"({"k":null})", "{}"});
  EXPECT_THAT(outside_.asked, ElementsAre(ElementsAre("A", "B")));
  EXPECT_THAT(rows(mapped),
              ElementsAre(R"({"k_out":"ONE"})", R"({"k_out":"TWO"})", R"({"k_out":"ONE"})", R"({"k_out":null})", "{}"));
}

TEST_F(OutsideSteps, AStepAsksOnceInAPageThoughRowsReachItByTwoWays) {
  outside_.tables["First"] = {{"a", "x"}, {"b", "null"}};
  outside_.tables["Second"] = {{"x", "end x"}, {"none", "end none"}};
  // The template fills in for a null: that row has nothing to ask at the first step and stands at the second at once.
  const MappedBatch mapped = map({field("v", {lookup("First"), step("template", "{}{w}"), lookup("Second")})},
                                 {R"({"v":"a"})", R"({"w":"none"})", R"({"v":"b","w":"x"})"});
  EXPECT_THAT(outside_.asked, ElementsAre(ElementsAre("a", "b"), ElementsAre("x", "none")));
  EXPECT_THAT(rows(mapped), ElementsAre(R"({"v_out":"end x"})", R"({"v_out":"end none"})", R"({"v_out":"end x"})"));
}

TEST_F(OutsideSteps, FieldsAskSideBySide) {
  outside_.delays = {{"One", Millis(40)}, {"Two", Millis(40)}};
  outside_.tables = {{"One", {{"a", "x"}}}, {"Two", {{"a", "y"}}}};
  const Steady begun = clock_.steady();
  EXPECT_THAT(rows(map({field("v", lookup("One")), field("w", lookup("Two"))}, {R"({"v":"a","w":"a"})"})),
              ElementsAre(R"({"v_out":"x","w_out":"y"})"));
  EXPECT_LT(clock_.steady() - begun, Millis(50)) << "of virtual time";
}

TEST_F(OutsideSteps, AKeyThatIsNotThereCostsItsOwnCellOnlyAndGoesByThePolicy) {
  outside_.tables["Account"] = {{"A", "one"}, {"twice", "!"}};
  const std::vector<std::string> records = {R"({"k":"A"})", R"({"k":"gone"})", R"({"k":"twice"})"};
  const MappedBatch failing = map({field("k", lookup("Account"))}, records);
  EXPECT_THAT(rows(failing), ElementsAre(R"({"k_out":"one"})"));
  EXPECT_THAT(refusals(failing),
              ElementsAre("1 missing_parent: k `gone` is not there (again)", "2 ambiguous: k `twice` is there twice"));
  EXPECT_THAT(rows(map({field("k", lookup("Account"), {{"onError", "null"}})}, records)),
              ElementsAre(R"({"k_out":"one"})", R"({"k_out":null})", R"({"k_out":null})"));
  EXPECT_THAT(rows(map({field("k", lookup("Account"), {{"onError", "keep"}})}, records)),
              ElementsAre(R"({"k_out":"one"})", R"({"k_out":"gone"})", R"({"k_out":"twice"})"));
  EXPECT_THAT(rows(map({field("k", lookup("Account"), {{"defaultValue", 7}})}, records)),
              ElementsAre(R"({"k_out":"one"})", R"({"k_out":7})", R"({"k_out":7})"));
}

TEST_F(OutsideSteps, OtherwiseIsForWhatIsMissingAndNotForWhatFails) {
  outside_.tables["Account"] = {{"twice", "!"}};
  const MappedBatch mapped = map({field("k", {lookup("Account", {{"otherwise", "none"}}), step("case", "upper")})},
                                 {R"({"k":"gone"})", R"({"k":"twice"})"});
  EXPECT_THAT(rows(mapped), ElementsAre(R"({"k_out":"NONE"})"));
  EXPECT_THAT(refusals(mapped), ElementsAre("1 ambiguous: k `twice` is there twice"));
}

TEST_F(OutsideSteps, AnOutageIsAnErrorOfThePageAndNeverASilentNull) {
  outside_.tables["Account"] = {{"A", "one"}};
  outside_.outage = "Contact";
  const std::vector<json> mappings = {field("k", lookup("Account"), {{"onError", "null"}}),
                                      field("c", lookup("Contact"), {{"onError", "null"}})};
  try {
    map(mappings, {R"({"k":"A","c":"C"})"});
    FAIL() << "the page was mapped";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::unavailable);
    EXPECT_TRUE(error.retryable());
  }
}

TEST_F(OutsideSteps, TheFirstFieldThatRefusesARowSpeaksWhoeverAnsweredFirst) {
  const std::vector<json> mappings = {field("a", lookup("Slow")), field("b", step("number", true)),
                                      field("c", lookup("Quick"))};
  outside_.delays = {{"Slow", Millis(50)}, {"Quick", Millis(1)}};
  outside_.tables["Slow"] = {{"ok", "fine"}};
  outside_.tables["Quick"] = {{"ok", "fine"}};
  const MappedBatch mapped =
      map(mappings,
          {R"({"a":"gone","b":"no number","c":"gone"})", R"({"a":"ok","b":"no number","c":"ok"})",
           R"({"a":"gone","b":"1","c":"gone"})", R"({"a":"ok","b":"1","c":"gone"})", R"({"a":"ok","b":"1","c":"ok"})"});
  EXPECT_THAT(refusals(mapped),
              ElementsAre(HasSubstr("0 missing_parent: a `gone`"), HasSubstr("1 number: b "),
                          HasSubstr("2 missing_parent: a `gone`"), HasSubstr("3 missing_parent: c `gone`")));
  EXPECT_EQ(mapped.source_row, std::vector<size_t>{4});
}

TEST_F(OutsideSteps, RemovalsAndUnreadableRowsStayInTheirPlaces) {
  outside_.tables["Account"] = {{"A", "one"}};
  removed_ = 1;
  const MappedBatch mapped =
      map({field("k", lookup("Account"))}, {R"({"k":"A"})", R"({"k":"gone"})", R"({"k":"A"})", R"({"k":"gone"})"},
          {{1, "c", "why", "k", false}, {2, "c", "why", "k", false}});
  EXPECT_EQ(mapped.source_row, (std::vector<size_t>{0, 1}));
  EXPECT_EQ(mapped.records.head(1).op, RecordOp::remove);
  EXPECT_THAT(refusals(mapped), ElementsAre("2 c: k: why", HasSubstr("3 missing_parent")));
}

TEST_F(OutsideSteps, AFunctionGetsEveryValueInOrderWithItsKind) {
  outside_.tables["score"] = {{"1", "uno"}, {"2", "due"}};
  const json custom = {{"type", "custom"}, {"params", {{"function", "score"}, {"options", {{"scale", 2}}}}}};
  const MappedBatch mapped = map({field("v", custom)}, {R"({"v":1})", R"({"v":"2"})", R"({"v":1})"});
  EXPECT_THAT(outside_.asked, ElementsAre(ElementsAre("1", "2", "1")));
  EXPECT_THAT(rows(mapped), ElementsAre(R"({"v_out":"uno"})", R"({"v_out":"due"})", R"({"v_out":"uno"})"));
  EXPECT_EQ(std::get<FunctionQuery>(plan_->outside()[0]->of).options, json({{"scale", 2}}));
}

TEST_F(OutsideSteps, WhatIsAskedAndHandledIsCounted) {
  outside_.tables["Account"] = {{"A", "one"}};
  const MappedBatch mapped = map({field("k", lookup("Account"), {{"onError", "null"}})},
                                 {R"({"k":"A"})", R"({"k":"A"})", R"({"k":"gone"})", "{}"});
  ASSERT_EQ(plan_->rules().size(), 2u);
  EXPECT_EQ(plan_->rules()[0].rule, "lookup");
  EXPECT_EQ(plan_->rules()[0].at, "fieldMappings[0].transformation.params");
  EXPECT_EQ(mapped.rules[0].checked, 3u);
  EXPECT_EQ(mapped.rules[0].failed, 1u);
  EXPECT_EQ(mapped.rules[0].asked, 2u);
  EXPECT_EQ(plan_->rules()[1].rule, "onError");
  EXPECT_EQ(mapped.rules[1].checked, 4u);
  EXPECT_EQ(mapped.rules[1].failed, 1u);
}

TEST_F(OutsideSteps, PersonalValuesAreInNoMessage) {
  const MappedBatch mapped =
      map({field("k", lookup("Account"), {{"onError", "fail_record"}, {"pii", true}})}, {R"({"k":"secret"})"});
  EXPECT_THAT(refusals(mapped), ElementsAre("0 missing_parent: k (personal data) is not there (again)"));
}

TEST_F(OutsideSteps, APlanThatAsksIsNotAppliedAsIfItDidNot) {
  const MappingPlan plan = MappingPlan::compile(json::array({field("k", lookup("Account"))}), "fieldMappings");
  EXPECT_THROW(plan.apply(batch_of(plan.source_paths(), {R"({"k":"A"})"})), Error);
}

std::string fault_of(const json& transformation, const MappingOptions& options = {}) {
  const json mappings = {{{"source", "k"}, {"target", "t"}, {"onError", "null"}, {"transformation", transformation}}};
  try {
    MappingPlan::compile(mappings, "m", options);
  } catch (const Error& error) {
    return error.message();
  }
  return "no fault";
}

TEST(OutsideFaults, AreNamedBeforeAnythingRuns) {
  const auto lookup = [](json params) { return json{{"type", "lookup"}, {"params", std::move(params)}}; };
  EXPECT_THAT(fault_of(lookup(json::object())), HasSubstr("m[0].transformation.params: a lookup is in one of"));
  EXPECT_THAT(fault_of(lookup({{"link", "a"}, {"stored", "b"}})), HasSubstr("a lookup is in one of"));
  EXPECT_THAT(fault_of(lookup({{"link", ""}})), HasSubstr("params.link"));
  EXPECT_THAT(fault_of(lookup({{"link", "a"}, {"ignoreCase", true}})), HasSubstr("ignoreCase"));
  const std::string from = fault_of(lookup({{"from", "crm"}, {"cacheSeconds", -1}}));
  for (const char* part : {"params.from", "params.object", "params.key", "params.value", "params.cacheSeconds"})
    EXPECT_THAT(from, HasSubstr(part));
  EXPECT_THAT(fault_of(lookup({{"stored", "vat"}})), HasSubstr("there is no stored table `vat`"));
  const json custom{{"type", "custom"}, {"params", {{"function", "score"}}}};
  EXPECT_THAT(fault_of(custom), HasSubstr("has registered no function `score`"));
  EXPECT_THAT(fault_of({{"type", "custom"}, {"params", {{"code", "return 1"}}}}), HasSubstr("params.function"));
  EXPECT_THAT(
      compile_fault(R"([{"source":"k","target":"t","transformation":{"type":"lookup","params":{"link":"a"}}}])"),
      HasSubstr("`lookup` can fail, and nothing says what happens then"));
}

TEST(StoredTables, AreAPartOfThePlanAndOfItsHash) {
  const json mappings = json::parse(R"([{"source":"k","target":"t","onError":"null","transformation":
      {"type":"lookup","params":{"stored":"vat","ignoreCase":true}}}])");
  EXPECT_THAT(stored_tables(mappings), ElementsAre("vat"));
  json tables = json::parse(R"({"vat":{"DE":19,"FR":20},"other":{"a":1}})");
  MappingOptions options;
  options.tables = &tables;
  const MappingPlan plan = MappingPlan::compile(mappings, "m", options);
  EXPECT_TRUE(plan.outside().empty());
  const MappedBatch mapped = plan.apply(batch_of(plan.source_paths(), {R"({"k":"de"})", R"({"k":"IT"})"}));
  EXPECT_EQ(mapped.records.row(0)[0].view(), "19");
  EXPECT_TRUE(mapped.records.row(1)[0].is(ValueKind::null));
  tables["other"]["a"] = 2;
  EXPECT_EQ(MappingPlan::compile(mappings, "m", options).hash(), plan.hash());
  tables["vat"]["DE"] = 21;
  EXPECT_NE(MappingPlan::compile(mappings, "m", options).hash(), plan.hash());
  tables["vat"] = json::object();
  EXPECT_NO_THROW(MappingPlan::compile(mappings, "m", options)) << "a stored table may be empty";
  tables["vat"] = "no table";
  EXPECT_THROW(MappingPlan::compile(mappings, "m", options), Error);
}

TEST_F(OutsideSteps, AReferenceAsksForTheParentsOfTheRecordsThatAreLeftAndKeepsTheValue) {
  outside_.tables["accounts"] = {{"A", "001"}, {"C", "!"}};
  const json rules = json::array({{{"rule", "reference"}, {"link", "accounts"}}, {{"rule", "unique"}}});
  json v{{"source", "v"}, {"target", "v"}, {"validate", rules}};
  json n{{"source", "n"}, {"target", "n"}, {"validate", json::array({{{"rule", "range"}, {"max", 9}}})}};
  const MappedBatch mapped = map({v, n}, {R"({"v":"A"})", R"({"v":"B"})", R"({"v":"B","n":10})", R"({"v":"A"})",
                                          R"({"v":"C"})", R"({"v":null})", R"({"v":"D","n":10})"});
  EXPECT_THAT(outside_.asked, ElementsAre(ElementsAre("A", "B", "C")));
  EXPECT_THAT(rows(mapped), ElementsAre(R"({"v":"A"})", R"({"v":null})"));
  EXPECT_THAT(mapped.source_row, ElementsAre(0, 5));
  EXPECT_THAT(refusals(mapped), ElementsAre("1 missing_parent: v `B` is not there (again)", HasSubstr("2 range: "),
                                            "3 unique: v `A` is the value of an earlier record of the page",
                                            "4 ambiguous: v `C` is there twice", HasSubstr("6 range: ")));
  EXPECT_EQ(mapped.rules[0].checked, 4U);
  EXPECT_EQ(mapped.rules[0].failed, 2U);
  EXPECT_EQ(mapped.rules[0].asked, 3U);
  EXPECT_THROW(plan_->apply(source_), Error) << "who does not ask must not find everything in order";
}

TEST_F(OutsideSteps, AReferenceThatWarnsLetsTheRecordPass) {
  const json rules = json::array({{{"rule", "reference"}, {"link", "accounts"}, {"severity", "warn"}}});
  const MappedBatch mapped =
      map({json{{"source", "v"}, {"target", "v"}, {"validate", rules}}}, {R"({"v":"A"})", R"({"v":"B"})"});
  EXPECT_EQ(mapped.records.size(), 2U);
  EXPECT_THAT(mapped.warnings, ElementsAre("fieldMappings[0].validate[0]: 2 of 2 v is linked to no record"));
}

}  // namespace
}  // namespace nexpo

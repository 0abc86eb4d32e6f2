#include <gmock/gmock.h>

#include "transformer/mapped.hpp"

namespace nexpo {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(MappingPlan, RenamesAndFollowsPathsAndKeepsEveryValueAsItIs) {
  EXPECT_EQ(map_record(R"([{"source":"Name","target":"name"},{"source":"Owner.Name","target":"owner"},
                           {"source":"l[1]","target":"second"},{"source":"Gone","target":"gone"},
                           {"source":"N","target":"n"},
                           {"source":"E","target":"e"},{"source":"Name","target":"again"}])",
                       R"({"Name":"Acme","Owner":{"Name":"Ada"},"l":[1,9007199254740993.10],"N":null,"E":""})"),
            R"({"name":"Acme","owner":"Ada","second":9007199254740993.10,"n":null,"e":"","again":"Acme"})");
}

TEST(MappingPlan, ListsEachSourcePathOnceInTheOrderOfItsSlots) {
  const MappingPlan plan = MappingPlan::compile(
      nlohmann::json::parse(R"([{"source":"B","target":"x"},{"source":"A","target":"y"},{"source":"B","target":"z"},
        {"source":"A","target":"t","transformation":{"type":"format","params":{"template":"{C} {B}"}}}])"),
      "m");
  EXPECT_THAT(plan.source_paths(), ElementsAre("B", "A", "C"));
  EXPECT_THAT(*plan.target_fields(), ElementsAre("x", "y", "z", "t"));
  EXPECT_EQ(plan.renamed_from("z"), "B");
  EXPECT_EQ(plan.renamed_from("t"), "");
  EXPECT_EQ(plan.renamed_from("nope"), "");
}

TEST(MappingPlan, FillsADefaultForMissingAndNullButNotForEmpty) {
  const std::string mapping = R"([{"source":"a","target":"a","defaultValue":"d"}])";
  EXPECT_EQ(map_record(mapping, "{}"), R"({"a":"d"})");
  EXPECT_EQ(map_record(mapping, R"({"a":null})"), R"({"a":"d"})");
  EXPECT_EQ(map_record(mapping, R"({"a":""})"), R"({"a":""})");
  EXPECT_EQ(
      map_record(
          R"([{"source":"a","target":"a","defaultValue":{"x":[1]}},{"source":"b","target":"b","defaultValue":false},
                           {"source":"c","target":"c","defaultValue":7}])",
          "{}"),
      R"({"a":{"x":[1]},"b":false,"c":7})");
}

TEST(MappingPlan, RefusesARecordWithoutARequiredValueAndSaysWhy) {
  const std::string mapping = R"([{"source":"a","target":"b","required":true}])";
  EXPECT_EQ(map_record(mapping, "{}"), "required: a is missing, and b is required");
  EXPECT_EQ(map_record(mapping, R"({"a":null})"), "required: a is empty, and b is required");
  EXPECT_EQ(map_record(mapping, R"({"a":""})"), R"({"b":""})");
  const std::string with_default = R"([{"source":"a","target":"b","required":true,"defaultValue":"none"}])";
  EXPECT_EQ(map_record(with_default, "{}"), R"({"b":"none"})");
  EXPECT_EQ(map_record(with_default, R"({"a":null})"), R"({"b":"none"})");
}

std::string number_with(const std::string& policy, const std::string& value) {
  return map_record(
      R"([{"source":"a","target":"a","transformation":{"type":"format","params":{"number":true}},)" + policy + "}]",
      "{\"a\":" + value + "}");
}

TEST(MappingPlan, DoesOnErrorWhatItIsTold) {
  EXPECT_EQ(number_with(R"("onError":"fail_record")", "\"x\""), "number: a `x` is not a number");
  EXPECT_EQ(number_with(R"("onError":"null")", "\"x\""), R"({"a":null})");
  EXPECT_EQ(number_with(R"("onError":"skip_field")", "\"x\""), "{}");
  EXPECT_EQ(number_with(R"("onError":"keep")", "\"x\""), R"({"a":"x"})");
  EXPECT_EQ(number_with(R"("defaultValue":0)", "\"x\""), R"({"a":0})");
  EXPECT_EQ(number_with(R"("required":true)", "\"x\""), "number: a `x` is not a number");
  EXPECT_EQ(number_with(R"("required":true,"onError":"null")", "\"x\""), "required: a is empty, and a is required");
  EXPECT_EQ(number_with(R"("defaultValue":0,"onError":"null")", "\"x\""), R"({"a":null})");
  EXPECT_EQ(number_with(R"("onError":"null")", "null"), R"({"a":null})");
}

TEST(MappingPlan, KeepsTheSourceValueOfAChainWhoseLaterStepFails) {
  EXPECT_EQ(map_record(R"([{"source":"a","target":"a","onError":"keep",
                           "transformation":{"type":"format","params":{"steps":[{"trim":true},{"number":true}]}}}])",
                       R"({"a":" x "})"),
            R"({"a":" x "})");
}

TEST(MappingPlan, ShortensLongValuesInMessagesAtACharacter) {
  std::string value;
  for (int i = 0; i < 40; ++i) value += "é";
  EXPECT_THAT(number_with(R"("onError":"fail_record")", "\"" + value + "\""), HasSubstr("éé...` is not a number"));
}

TEST(MappingPlan, DoesNotCompileAStepThatCanFailWithoutAPolicy) {
  EXPECT_EQ(
      compile_fault(R"([{"source":"a","target":"b","transformation":{"type":"format","params":{"number":true}}}])"),
      "fieldMappings[0].transformation: `number` can fail, and nothing says what happens then; "
      "add onError (fail_record, null, skip_field or keep), required: true, or a defaultValue");
  EXPECT_EQ(compile_fault(R"([{"source":"a","target":"b","transformation":{"type":"format","params":{"trim":true}}}])"),
            "no fault");
}

TEST(MappingPlan, ListsEveryFaultWithItsPlaceAndFix) {
  const std::string faults = compile_fault(R"([
    {"source":"a..b","target":"x"},
    {"source":"a","target":""},
    {"source":"a","target":"x","requierd":true},
    {"target":"y","onError":"explode"},
    {"source":"a","target":"z","onError":"null",
     "transformation":{"type":"format","params":{"number":{"scale":-1,"digits":2}}}},
    {"source":"a","target":"w","transformation":{"type":"calculate","params":{}}},
    {"source":"a","target":"v","transformation":{"type":"format","params":{"trimm":true}}},
    7])");
  EXPECT_THAT(faults, HasSubstr("11 faults:"));
  EXPECT_THAT(faults, HasSubstr("fieldMappings[0].source: path `a..b`: a name is missing at position 3"));
  EXPECT_THAT(faults, HasSubstr("fieldMappings[1].target: this must be a text that is not empty"));
  EXPECT_THAT(faults, HasSubstr("fieldMappings[2].target: `x` is filled by an earlier mapping"));
  EXPECT_THAT(faults, HasSubstr("fieldMappings[2].requierd: this key is unknown; did you mean `required`?"));
  EXPECT_THAT(faults, HasSubstr("fieldMappings[3].source: this is missing; write the path"));
  EXPECT_THAT(faults, HasSubstr("fieldMappings[3].onError: \"explode\" is not a choice; write one of fail_record"));
  EXPECT_THAT(faults, HasSubstr("fieldMappings[4].transformation.params.number.scale: this number does not fit"));
  EXPECT_THAT(faults, HasSubstr("fieldMappings[4].transformation.params.number.digits: this key is unknown"));
  EXPECT_THAT(faults, HasSubstr("fieldMappings[5].transformation.params.expression: this is missing"));
  EXPECT_THAT(faults,
              HasSubstr("fieldMappings[6].transformation.params: `trimm` is no function; did you mean `trim`?"));
  EXPECT_THAT(faults, HasSubstr("fieldMappings[7]: this must be an object"));
}

TEST(MappingPlan, RefusesOtherShapesOfMappings) {
  EXPECT_THAT(compile_fault("{}"), HasSubstr("fieldMappings: this must be a list"));
  EXPECT_THAT(compile_fault("[]"), HasSubstr("a list of 1 to"));
  EXPECT_THAT(step_fault("{}"), HasSubstr("one member, the name of a function"));
  EXPECT_THAT(step_fault(R"({"trim":true,"case":"upper"})"), HasSubstr("for more than one step write"));
  EXPECT_THAT(step_fault(R"({"steps":{"trim":true}})"), HasSubstr("params.steps: this must be a list"));
  EXPECT_THAT(compile_fault(R"([{"source":"a","target":"b","transformation":{"type":"formt","params":{}}}])"),
              HasSubstr("did you mean `format`?"));
  EXPECT_THAT(compile_fault(R"([{"source":"a","target":"b","transformation":{"type":"custom","params":{}}}])"),
              HasSubstr("params.function: this is missing"));
}

TEST(MappingPlan, ChainsTransformationsOfSeveralTypes) {
  EXPECT_EQ(map_record(R"([{"source":"a","target":"a","transformation":[
               {"type":"format","params":{"steps":[{"trim":true},{"case":"upper"}]}},
               {"type":"lookup","params":{"table":{"DE":"Germany"},"otherwise":"elsewhere"}}]}])",
                       R"({"a":" de "})"),
            R"({"a":"Germany"})");
}

TEST(MappingPlan, PassesRemovalsOnWithEmptyCellsAndKeepsRowsApart) {
  const MappingPlan plan =
      MappingPlan::compile(nlohmann::json::parse(R"([{"source":"a","target":"a","required":true}])"), "m");
  RecordBatch source = batch_of(plan.source_paths(), {R"({"a":"1"})", "{}", R"({"a":"3"})", R"({"a":"4"})"});
  source.head(0).key = "k0";
  source.head(2).op = RecordOp::remove;
  source.head(2).key = "k2";
  const MappedBatch mapped = plan.apply(source);
  EXPECT_THAT(mapped.source_row, ElementsAre(0u, 2u, 3u));
  EXPECT_EQ(mapped.records.head(0).key, "k0");
  EXPECT_EQ(mapped.records.head(1).key, "k2");
  EXPECT_EQ(mapped.records.head(1).op, RecordOp::remove);
  EXPECT_EQ(mapped.records.row(1)[0], Value());
  EXPECT_EQ(mapped.records.row(2)[0], Value::text("4"));
  ASSERT_EQ(mapped.rejections.size(), 1u);
  EXPECT_EQ(mapped.rejections[0].row, 1u);
  EXPECT_EQ(mapped.rejections[0].field, "a");
}

TEST(MappingPlan, KeepsTheMemoryOfItsResultAliveOnItsOwn) {
  MappedBatch mapped;
  {
    const MappingPlan plan = MappingPlan::compile(
        nlohmann::json::parse(
            R"([{"source":"a","target":"a"},{"source":"b","target":"b","defaultValue":"a default of some length"}])"),
        "m");
    mapped = plan.apply(batch_of(plan.source_paths(), {R"({"a":"a text of some length"})"}));
  }
  EXPECT_EQ(mapped.records.row(0)[0], Value::text("a text of some length"));
  EXPECT_EQ(mapped.records.row(0)[1], Value::text("a default of some length"));
}

TEST(MappingPlan, CountsSwallowedFailuresOncePerField) {
  const MappingPlan plan = MappingPlan::compile(nlohmann::json::parse(
                                                    R"([{"source":"a","target":"t","onError":"null",
               "transformation":{"type":"format","params":{"number":true}}}])"),
                                                "m");
  const MappedBatch mapped =
      plan.apply(batch_of(plan.source_paths(), {R"({"a":"x"})", R"({"a":"y"})", R"({"a":"1"})"}));
  ASSERT_EQ(mapped.warnings.size(), 1u);
  EXPECT_THAT(mapped.warnings[0], HasSubstr("t: 2 of 3 values could not be transformed"));
  EXPECT_THAT(plan.apply(batch_of(plan.source_paths(), {R"({"a":"1"})"})).warnings, IsEmpty());
}

TEST(MappingPlan, HasAHashThatFollowsItsContent) {
  const auto hash = [](const char* text) { return MappingPlan::compile(nlohmann::json::parse(text), "m").hash(); };
  EXPECT_EQ(hash(R"([{"source":"a","target":"b"}])"), hash(R"([{"target":"b","source":"a"}])"));
  EXPECT_NE(hash(R"([{"source":"a","target":"b"}])"), hash(R"([{"source":"a","target":"c"}])"));
  EXPECT_EQ(hash(R"([{"source":"a","target":"b"}])").size(), 16u);
}

}  // namespace
}  // namespace nexpo

#include "transformer/trace.hpp"

#include <gtest/gtest.h>

namespace nexpo {
namespace {

using nlohmann::json;

class Trace : public testing::Test {
 protected:
  /// The chains of `mappings` over a row that has `text` at every path.
  std::vector<FieldTrace> of(const json& mappings, Value cell) {
    plan_.emplace(MappingPlan::compile(mappings, "fieldMappings"));
    row_.assign(plan_->source_paths().size(), cell);
    return trace_row(*plan_, row_, memory_);
  }
  static json format(std::string_view function, json params = true) {
    return {{"type", "format"}, {"params", {{std::string(function), std::move(params)}}}};
  }

  Arena memory_;
  std::optional<MappingPlan> plan_;
  std::vector<Value> row_;
};

TEST_F(Trace, TellsTheValueAfterEachStep) {
  const auto traces =
      of({{{"source", "Name"}, {"target", "name"}, {"transformation", {format("trim"), format("case", "upper")}}},
          {{"source", "Id"}, {"target", "id"}}},
         Value::text(" ada "));
  ASSERT_EQ(traces.size(), 2u);
  EXPECT_EQ(traces[0].source, "Name");
  EXPECT_EQ(traces[0].from, Value::text(" ada "));
  ASSERT_EQ(traces[0].steps.size(), 2u);
  EXPECT_EQ(traces[0].steps[0].step, "trim");
  EXPECT_EQ(traces[0].steps[0].value, Value::text("ada"));
  EXPECT_EQ(traces[0].steps[1].value, Value::text("ADA"));
  EXPECT_EQ(traces[0].result, Value::text("ADA"));
  EXPECT_TRUE(traces[1].steps.empty());
  EXPECT_EQ(traces[1].result, Value::text(" ada "));
}

TEST_F(Trace, TellsWhyAStepFailedAndWhatStoodIn) {
  json field{{"source", "Size"}, {"target", "size"}, {"transformation", format("number")}, {"onError", "null"}};
  auto traces = of(json::array({field}), Value::text("many"));
  ASSERT_EQ(traces[0].steps.size(), 2u);
  EXPECT_FALSE(traces[0].steps[0].fault.empty());
  EXPECT_FALSE(traces[0].steps[0].value);
  EXPECT_EQ(traces[0].steps[1].step, "onError");
  EXPECT_EQ(traces[0].result, Value::null());

  field["onError"] = "fail_record";
  traces = of(json::array({field}), Value::text("many"));
  EXPECT_FALSE(traces[0].result) << "the record is refused";
}

TEST_F(Trace, TellsOfDefaultsAndOfWhatIsRequired) {
  auto traces = of({{{"source", "A"}, {"target", "a"}, {"defaultValue", "none"}},
                    {{"source", "A"}, {"target", "b"}, {"required", true}}},
                   Value::null());
  ASSERT_EQ(traces[0].steps.size(), 1u);
  EXPECT_EQ(traces[0].steps[0].step, "defaultValue");
  EXPECT_EQ(traces[0].result, Value::text("none"));
  EXPECT_FALSE(traces[1].result);
}

TEST_F(Trace, EndsAtAQuestionForOthers) {
  const auto traces =
      of({{{"source", "Owner"},
           {"target", "owner"},
           {"transformation", {{{"type", "lookup"}, {"params", {{"link", "users"}}}}, format("case", "upper")}},
           {"onError", "null"}}},
         Value::text("005"));
  ASSERT_EQ(traces[0].steps.size(), 1u);
  EXPECT_FALSE(traces[0].steps[0].value);
  EXPECT_FALSE(traces[0].result);
}

}  // namespace
}  // namespace nexpo

// The examples of docs/mapping.md are run, so that the page cannot say what is not so.
#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

#include "transformer/function.hpp"
#include "transformer/mapped.hpp"
#include "transformer/validation/rule.hpp"

namespace nexpo {
namespace {

TEST(MappedPage, RejectsRowsThatTheSourceCouldNotReadAndKeepsTheirRemovals) {
  const MappingPlan plan = MappingPlan::compile(nlohmann::json::parse(R"([{"source":"a","target":"B"}])"), "m");
  RecordBatch source = batch_of(plan.source_paths(), {R"({"a":"1"})", R"({"a":"2"})", R"({"a":"3"})"});
  source.head(2).op = RecordOp::remove;
  const MappedBatch mapped = plan.apply(source, {{0, "code", "why", "a", false}, {2, "code", "why", "a", false}});
  EXPECT_EQ(mapped.source_row, (std::vector<size_t>{1, 2}));
  ASSERT_EQ(mapped.rejections.size(), 1U);
  EXPECT_EQ(mapped.rejections[0].field, "B");
  EXPECT_EQ(mapped.rejections[0].message, "a: why");
}

std::vector<nlohmann::json> examples_of(const std::string& path) {
  std::ifstream file(path);
  const std::string page{std::istreambuf_iterator<char>(file), {}};
  std::vector<nlohmann::json> examples;
  const std::string open = "```json example\n";
  for (size_t at = page.find(open); at != std::string::npos; at = page.find(open, at)) {
    at += open.size();
    const size_t close = page.find("```", at);
    examples.push_back(nlohmann::json::parse(page.substr(at, close - at)));
  }
  return examples;
}

std::string rules_of(const nlohmann::json& example) {
  return example.value("validation", nlohmann::json::array()).dump();
}

void expect_result(const nlohmann::json& example) {
  std::vector<std::string> warnings;
  const std::string result =
      map_record(example["fieldMappings"].dump(), example["record"].dump(), rules_of(example), &warnings);
  if (example.contains("rejects")) {
    EXPECT_EQ(result, example["rejects"].get<std::string>());
    return;
  }
  ASSERT_TRUE(nlohmann::json::accept(result)) << result;
  EXPECT_EQ(nlohmann::json::parse(result), example["gives"]) << example.dump(2);
  EXPECT_EQ(nlohmann::json(warnings), example.value("warns", nlohmann::json(warnings)));
}

void expect_tests_pass(const nlohmann::json& example) {
  for (const nlohmann::json& test : example["tests"]) {
    const std::string result = map_record(example["fieldMappings"].dump(), test["input"].dump(), rules_of(example));
    if (test["expect"].contains("rejected")) {
      EXPECT_TRUE(result.starts_with(test["expect"]["rejected"].get<std::string>() + ": ")) << result;
      continue;
    }
    ASSERT_TRUE(nlohmann::json::accept(result)) << result;
    const nlohmann::json got = nlohmann::json::parse(result);
    for (const auto& [field, value] : test["expect"].items()) EXPECT_EQ(got[field], value) << test["name"];
  }
}

TEST(MappingPage, SaysWhatTheMappingDoes) {
  const auto examples = examples_of(DOCS "/mapping.md");
  ASSERT_GE(examples.size(), 10u);
  for (const nlohmann::json& example : examples) {
    if (example.contains("tests")) {
      expect_tests_pass(example);
    } else {
      expect_result(example);
    }
  }
}

TEST(MappingPage, NamesEveryRuleAndShowsItAtWork) {
  std::ifstream file(DOCS "/mapping.md");
  const std::string page{std::istreambuf_iterator<char>(file), {}};
  std::string shown;
  for (const nlohmann::json& example : examples_of(DOCS "/mapping.md")) shown += example["fieldMappings"].dump();
  for (const auto family : {content_rules(), limit_rules(), choice_rules()}) {
    for (const RuleKind& rule : family) {
      const std::string name(rule.name);
      EXPECT_NE(page.find("| `" + name + "` |"), std::string::npos) << name;
      if (name == "reference") continue;  // asks outside
      EXPECT_NE(shown.find(R"("rule":")" + name + '"'), std::string::npos) << name;
    }
  }
}

TEST(MappingPage, NamesEveryFunctionAndShowsItAtWork) {
  std::ifstream file(DOCS "/mapping.md");
  const std::string page{std::istreambuf_iterator<char>(file), {}};
  std::string shown;
  for (const nlohmann::json& example : examples_of(DOCS "/mapping.md")) shown += example["fieldMappings"].dump();
  for (const std::string_view name : function_names()) {
    const std::string quoted = "`" + std::string(name) + "`", heading = "### " + std::string(name);
    EXPECT_TRUE(page.find(quoted) != std::string::npos || page.find(heading) != std::string::npos) << name;
    EXPECT_NE(shown.find("\"" + std::string(name) + "\":"), std::string::npos) << name;
  }
}

}  // namespace
}  // namespace nexpo

// docs/mapping.md tells the truth about expressions: every row of its tables is computed, and no function is missing.
#include <fstream>
#include <iterator>
#include <regex>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "record/json.hpp"
#include "transformer/expression/expression.hpp"
#include "transformer/expression/signature.hpp"

namespace nexpo {
namespace {

// The part of the page about expressions.
std::string expressions_part() {
  std::ifstream file(DOCS "/mapping.md");
  const std::string page{std::istreambuf_iterator<char>(file), {}};
  const size_t begin = page.find("\n## Expressions\n");
  EXPECT_NE(begin, std::string::npos);
  return page.substr(begin, page.find("\n## ", begin + 4) - begin);
}

struct PageRow {
  std::string text, result;
};

std::vector<PageRow> rows_of(const std::string& page) {
  static const std::regex row(R"(\n\| `([^`]+)` \| `([^`]+)` \|(?=\n))");
  std::vector<PageRow> rows;
  for (std::sregex_iterator at(page.begin(), page.end(), row), end; at != end; ++at)
    rows.push_back({std::regex_replace((*at)[1].str(), std::regex(R"(\\\|)"), "|"), (*at)[2].str()});
  return rows;
}

std::string record_of(const std::string& page) {
  const std::string open = "```json\n";
  const size_t begin = page.find(open) + open.size();
  return page.substr(begin, page.find("```", begin) - begin);
}

std::string computed(const std::string& text, const std::string& record) {
  std::vector<std::string> paths;
  const Expression expression = Expression::compile(text, [&](std::string_view name) -> std::optional<uint32_t> {
    if (!name.starts_with("record.")) return std::nullopt;
    paths.emplace_back(name.substr(7));
    return static_cast<uint32_t>(paths.size() - 1);
  });
  const Selection selection(paths);
  RecordBatch batch(selection.shape(), std::make_shared<Arena>());
  JsonDecoder().decode_record(batch.arena()->adopt(record), selection, batch);
  ExpressionScratch scratch;
  Value value;
  if (!expression.evaluate(batch.row(0), *batch.arena(), scratch, value)) return "fault: " + scratch.fault;
  std::string json;
  append_json(json, value);
  return json;
}

TEST(ExpressionPage, SaysWhatEveryExpressionGives) {
  const std::string page = expressions_part();
  const std::vector<PageRow> rows = rows_of(page);
  ASSERT_GE(rows.size(), 80U);
  for (const PageRow& row : rows) EXPECT_EQ(computed(row.text, record_of(page)), row.result) << row.text;
}

TEST(ExpressionPage, ShowsEveryFunctionAtWork) {
  std::string shown;
  for (const PageRow& row : rows_of(expressions_part())) shown += row.text + "\n";
  for (const std::string_view name : cel::signature_names())
    EXPECT_NE(shown.find(std::string(name) + "("), std::string::npos) << name;
}

}  // namespace
}  // namespace nexpo

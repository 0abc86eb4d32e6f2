#include "transformer/validation/record_rule.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "record/path.hpp"

namespace nexpo {
namespace {

constexpr size_t kRecordRulesMax = 500;
constexpr std::string_view kRecord = "record.";

// `record.name`, or `record."odd name"`.
std::optional<uint32_t> slot_of(std::string_view name, const std::vector<std::string>& targets) {
  if (!name.starts_with(kRecord)) return std::nullopt;
  const std::string path(name.substr(kRecord.size()));
  auto found = std::find(targets.begin(), targets.end(), path);
  if (found == targets.end() && path_fault(path).empty())
    found = std::find(targets.begin(), targets.end(), column_name(parse_path(path)));
  if (found == targets.end()) return std::nullopt;
  return static_cast<uint32_t>(found - targets.begin());
}

void compile_rule(const nlohmann::json& json, const std::string& at, const std::vector<std::string>& targets,
                  Faults& faults, std::vector<RecordRule>& compiled) {
  Params params(json, at, faults);
  const std::string text = params.required_text("expression", "write for example record.start <= record.end");
  RuleHead head;
  head.name = "expression";
  head.at = at;
  read_head(params, head);
  if (head.message.empty())
    faults.add(params.at("message"), "this is missing", "write what a person should read when the rule fails");
  params.finish();
  if (text.empty()) return;
  std::vector<uint32_t> fields;
  const auto resolve = [&](std::string_view name) {
    const std::optional<uint32_t> slot = slot_of(name, targets);
    if (slot) fields.push_back(*slot);
    return slot;
  };
  try {
    Expression holds = Expression::compile(text, resolve);
    if (holds.type() && *holds.type() != FieldType::boolean) {
      faults.add(params.at("expression"), "this gives no true or false", "compare something");
      return;
    }
    compiled.push_back({std::move(head), std::move(holds), std::move(fields)});
  } catch (const Error& error) {
    faults.add(params.at("expression"), error.message(), "");
  }
}

}  // namespace

std::vector<RecordRule> compile_record_rules(const nlohmann::json& rules, const std::string& at,
                                             const std::vector<std::string>& targets, Faults& faults) {
  std::vector<RecordRule> compiled;
  if (!rules.is_array() || rules.size() > kRecordRulesMax) {
    faults.add(at, fmt::format("this must be a list of up to {} rules", kRecordRulesMax),
               "write [{\"expression\": \"record.start <= record.end\", \"message\": \"ends before it starts\"}]");
    return compiled;
  }
  for (size_t i = 0; i < rules.size(); ++i)
    compile_rule(rules[i], fmt::format("{}[{}]", at, i), targets, faults, compiled);
  return compiled;
}

}  // namespace nexpo

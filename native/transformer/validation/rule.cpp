#include "transformer/validation/rule.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace nexpo {
namespace {

constexpr size_t kRulesMax = 50;  // of one field

const RuleKind* find_kind(std::string_view name, std::vector<std::string_view>& known) {
  for (const auto family : std::array{content_rules(), limit_rules(), choice_rules()}) {
    for (const RuleKind& kind : family) {
      if (kind.name == name) return &kind;
      known.push_back(kind.name);
    }
  }
  return nullptr;
}

std::optional<ValueRule> compile_rule(const nlohmann::json& json, const std::string& at, Faults& faults) {
  Params params(json, at, faults);
  const std::string name = params.required_text("rule", "write for example {\"rule\": \"email\"}");
  if (name.empty()) return std::nullopt;
  std::vector<std::string_view> known;
  const RuleKind* const kind = find_kind(name, known);
  if (!kind) {
    faults.add(params.at("rule"), fmt::format("`{}` is no rule", name), suggestion(name, known));
    return std::nullopt;
  }
  ValueRule rule = kind->compile(params, kind->name);
  rule.head.name = kind->name;
  rule.head.at = at;
  read_head(params, rule.head);
  params.finish();
  return rule;
}

}  // namespace

void read_head(Params& params, RuleHead& head) {
  head.severity = params.choice("severity", {"error", "warn"}) == "warn" ? Severity::warn : Severity::error;
  head.message = params.text("message", "");
}

std::vector<ValueRule> compile_value_rules(const nlohmann::json& rules, const std::string& at, Faults& faults) {
  std::vector<ValueRule> compiled;
  if (!rules.is_array() || rules.size() > kRulesMax) {
    faults.add(at, fmt::format("this must be a list of up to {} rules", kRulesMax), "write [{\"rule\": \"email\"}]");
    return compiled;
  }
  for (size_t i = 0; i < rules.size(); ++i) {
    if (auto rule = compile_rule(rules[i], fmt::format("{}[{}]", at, i), faults)) compiled.push_back(std::move(*rule));
  }
  return compiled;
}

}  // namespace nexpo

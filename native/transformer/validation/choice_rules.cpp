// Rules that hold a value against others: enum, unique, reference.
#include "record/json_tokens.hpp"
#include "transformer/function.hpp"
#include "transformer/validation/rule.hpp"

namespace nexpo {
namespace {

constexpr size_t kChoicesMax = 100'000;

using Choices = std::shared_ptr<ValueSet>;

bool is_chosen(const Choices& choices, const Value& cell, std::string&) {
  return !choices->is_filled() || choices->has(cell.view());
}

std::vector<std::string> choices_of(Params& params) {
  std::vector<std::string> choices;
  const nlohmann::json* values = params.find("values");
  const bool fits = values && values->is_array() && !values->empty() && values->size() <= kChoicesMax;
  for (const nlohmann::json& value : fits ? *values : nlohmann::json::array()) {
    if (value.is_structured() || value.is_null()) continue;
    choices.push_back(value.is_string() ? value.get<std::string>() : value.dump());
  }
  if (!fits || choices.size() != values->size()) {
    params.faults().add(params.at("values"), "this must be a list of texts, numbers or booleans",
                        "write [\"a\", \"b\"], or \"picklist\": true for the values that the target allows");
  }
  return choices;
}

// With `picklist` the values come from the target's schema, when the plan is checked against it.
ValueRule compile_enum(Params& params, std::string_view) {
  const bool live = params.flag("picklist", false);
  if (live && params.has("values")) {
    params.find("values");
    params.faults().add(params.at("values"), "the picklist says this already", "leave one of the two out");
  }
  const auto choices = live ? std::make_shared<ValueSet>() : std::make_shared<ValueSet>(choices_of(params));
  ValueRule rule = make_rule<Choices, is_chosen>(choices, "is none of the values that are allowed");
  if (live) rule.picklist = choices;
  return rule;
}

ValueRule compile_unique(Params&, std::string_view) {
  ValueRule rule;
  rule.unique = true;
  rule.reason = "is the value of an earlier record of the page";
  return rule;
}

ValueRule compile_reference(Params& params, std::string_view) {
  ValueRule rule;
  LinkQuery link{params.required_text("link", "write the id of the sync that keeps the parent records in step")};
  rule.question = std::make_shared<const OutsideQuery>(OutsideQuery{params.at(), std::move(link)});
  rule.reason = "is linked to no record";
  return rule;
}

constexpr RuleKind kRules[] = {{"enum", compile_enum}, {"unique", compile_unique}, {"reference", compile_reference}};

}  // namespace

std::span<const RuleKind> choice_rules() { return kRules; }

}  // namespace nexpo

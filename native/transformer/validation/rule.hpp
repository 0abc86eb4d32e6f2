// ValueRule: what a mapped value has to be, compiled from one member of `validate`.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "record/value.hpp"
#include "transformer/outside.hpp"
#include "transformer/params.hpp"
#include "transformer/validation/value_set.hpp"

namespace nexpo {

enum class Severity : uint8_t {
  error,  ///< the record is rejected
  warn,   ///< the record goes on, and the rule counts it
};

/// What every rule has, whatever it looks at.
struct RuleHead {
  std::string_view name;  ///< of the rule, and the code of the rejections it makes
  std::string at;         ///< "fieldMappings[2].validate[0]"
  Severity severity = Severity::error;
  std::string message;  ///< of those who wrote the mapping; empty: the rule's own
  uint32_t count = 0;   ///< its place in MappingPlan::rules()
};

/// Rules look at present values only: whether one may be missing is `required`'s business. `holds` gets `params` back
/// and may overwrite `scratch`, which is kept between rows for its memory. Plain functions: nothing per record is
/// virtual.
struct ValueRule {
  using Holds = bool (*)(const void* params, const Value& cell, std::string& scratch);

  RuleHead head;
  std::string reason;  ///< why a value fails, as the end of a sentence: "is longer than 80 characters"
  Holds holds = nullptr;
  std::shared_ptr<const void> params;
  std::shared_ptr<ValueSet> picklist;            ///< of an `enum` that waits for the target's values
  bool unique = false;                           ///< looks at the whole page; has no `holds`
  std::shared_ptr<const OutsideQuery> question;  ///< of a `reference`, which asks others; has no `holds`
};

/// Makes a rule from a function over typed parameters.
template <class P, bool (*holds)(const P&, const Value&, std::string&)>
ValueRule make_rule(P params, std::string reason) {
  ValueRule rule;
  rule.reason = std::move(reason);
  rule.holds = [](const void* erased, const Value& cell, std::string& scratch) {
    return holds(*static_cast<const P*>(erased), cell, scratch);
  };
  rule.params = std::make_shared<const P>(std::move(params));
  return rule;
}

/// A row of the table of rules.
struct RuleKind {
  std::string_view name;
  /// Reads the members beside `rule`, `severity` and `message`, and reports what is wrong with them.
  ValueRule (*compile)(Params& params, std::string_view name);
};

/// Families, one file each.
std::span<const RuleKind> content_rules();
std::span<const RuleKind> limit_rules();
std::span<const RuleKind> choice_rules();

/// Of `validate`: [{rule, severity?, message?, and what the rule needs}].
std::vector<ValueRule> compile_value_rules(const nlohmann::json& rules, const std::string& at, Faults& faults);

/// Reads `severity` and `message`.
void read_head(Params& params, RuleHead& head);

}  // namespace nexpo

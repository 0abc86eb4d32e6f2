// The compiled form of a mapping.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/arena.hpp"
#include "transformer/function.hpp"
#include "transformer/mapping.hpp"
#include "transformer/validation/record_rule.hpp"
#include "transformer/validation/rule.hpp"

namespace nexpo {

/// What becomes of a field whose step failed.
enum class OnError : uint8_t {
  fail_record,  ///< the record is rejected
  null,         ///< the field is null
  skip_field,   ///< the field is left out
  keep,         ///< the field takes the source value as it stands
  fallback,     ///< the field takes its default value
};

/// One line of the mapping: a source slot, the steps its value goes through, and what holds if there is no value.
struct FieldPlan {
  std::string source, target;
  std::string at;  ///< its place in the configuration
  uint32_t slot = 0;
  std::vector<Step> steps;
  std::optional<Value> fallback;  ///< in the plan's memory
  bool required = false;
  bool personal = false;        ///< holds personal data: messages do not quote it
  std::vector<uint32_t> reads;  ///< its source slot and those that its steps look at
  OnError on_error = OnError::fail_record;
  bool plain = true;                 ///< a bare rename: the cell is passed on as it is
  bool is_counted = false;           ///< what `on_error` handles is a rule that is counted
  uint32_t rule = 0;                 ///< its place in State::rules
  std::vector<uint32_t> step_rules;  ///< of each step that asks others, by step; else 0
  std::vector<ValueRule> rules;      ///< for the mapped value
};

struct MappingPlan::State {
  std::vector<FieldPlan> fields;
  std::vector<std::string> source_paths;
  Shape targets;
  std::vector<bool> personal_slots, personal_fields;
  std::shared_ptr<Arena> memory = std::make_shared<Arena>();  ///< of default values and tables
  std::string hash;
  std::vector<RuleName> rules;
  std::vector<const OutsideQuery*> outside;  ///< in steps and rules of `fields`
  std::vector<RecordRule> record_rules;
  bool validates = false;  ///< there are rules for values or records

  /// Makes a rule that is counted, and gives its place.
  uint32_t add_rule(std::string at, std::string rule) {
    rules.push_back({std::move(at), std::move(rule)});
    return static_cast<uint32_t>(rules.size() - 1);
  }
};

/// What is known of the target field that `field` fills, given what is known of its source field.
FieldSchema describe(const FieldPlan& field, const Schema* source);

}  // namespace nexpo

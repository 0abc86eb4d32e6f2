// BackMapping: field mappings turned round, so that what the target's users change can go to the source.
#pragma once

#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "transformer/mapping.hpp"

namespace nexpo {

/// Made of `fieldMappings`, of which each has `direction`: "both" (unset) or "to_target". A field that goes both ways
/// has to be one that can be turned round: a plain rename, a `lookup` whose table is one to one, a `number` that only
/// shifts the point; or `reverse` says how: a transformation, or a list of them, from the target's value to the
/// source's.
class BackMapping {
 public:
  /// Throws Error{invalid} that lists every field that cannot be turned round, with the fix. `at` is where they stand.
  static BackMapping compile(const nlohmann::json& field_mappings, std::string_view at);

  const MappingPlan& plan() const { return plan_; }
  /// By slot of what plan() gives: the mapped field that it is made of.
  const std::vector<size_t>& slots() const { return slots_; }
  /// By mapped field.
  const std::vector<bool>& flows_back() const { return flows_back_; }

 private:
  explicit BackMapping(MappingPlan plan) : plan_(std::move(plan)) {}

  MappingPlan plan_;
  std::vector<size_t> slots_;
  std::vector<bool> flows_back_;
};

}  // namespace nexpo

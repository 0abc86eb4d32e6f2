// RuleTally: how often the rules of a run's mappings held, summed over its pages in this process.
#pragma once

#include <utility>
#include <vector>

#include "transformer/mapping.hpp"

namespace nexpo {

/// Loop thread only. The plans it has counts of outlive it.
class RuleTally {
 public:
  struct Row {
    const RuleName& name;
    RuleCount count;
  };

  void add(const MappingPlan& plan, const std::vector<RuleCount>& page) {
    std::vector<RuleCount>& sums = sums_of(plan);
    for (size_t i = 0; i < page.size(); ++i) sums[i] += page[i];
  }
  /// In the order of the mapping; of several, one after the other.
  std::vector<Row> rows() const {
    std::vector<Row> rows;
    for (const auto& [plan, sums] : sums_)
      for (size_t i = 0; i < sums.size(); ++i) rows.push_back({plan->rules()[i], sums[i]});
    return rows;
  }

 private:
  std::vector<RuleCount>& sums_of(const MappingPlan& plan) {
    for (auto& [known, sums] : sums_)
      if (known == &plan) return sums;
    return sums_.emplace_back(&plan, std::vector<RuleCount>(plan.rules().size())).second;
  }

  std::vector<std::pair<const MappingPlan*, std::vector<RuleCount>>> sums_;
};

}  // namespace nexpo

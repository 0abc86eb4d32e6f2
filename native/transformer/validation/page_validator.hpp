// PageValidator: holds the records of a mapped page against the rules of its plan.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "transformer/outside.hpp"
#include "transformer/page_mapper.hpp"
#include "transformer/plan.hpp"

namespace nexpo {

/// One per page; borrows the plan and the page. In order: check(), the references if there are any, finish(). A record
/// that breaks a rule of severity `error` is rejected for the first such rule, in the order of the mapping; `unique`
/// comes last, so that a record which is refused takes no value away from the others.
class PageValidator {
 public:
  PageValidator(const MappingPlan::State& plan, MappedBatch& mapped);

  /// Every rule that needs no more than the record.
  void check();

  /// What `reference` rules ask about the records that are left, one inquiry per rule.
  std::vector<PageMapper::Inquiry> references() const;
  /// `answers[i]` belongs to `references[i]`.
  void resume(const std::vector<PageMapper::Inquiry>& references, const std::vector<OutsideAnswers>& answers);

  /// `unique`, and the rejected records leave the page.
  void finish();

 private:
  bool check_values(size_t row);
  bool check_record(size_t row);
  void check_unique();
  /// Gives `holds`.
  bool count(const RuleHead& head, bool holds);
  // Both give false.
  bool refuse_value(size_t row, size_t index, const ValueRule& rule, const OutsideAnswer* answer = nullptr);
  bool refuse(size_t row, Rejection reason);
  void warn();
  void warn_of(const RuleHead& head, std::string_view subject, std::string_view reason);

  const MappingPlan::State& plan_;
  MappedBatch& mapped_;
  std::vector<bool> refused_;  ///< by row of the mapped page
  std::vector<Rejection> reasons_;
  std::string scratch_;
  ExpressionScratch expressions_;
};

}  // namespace nexpo

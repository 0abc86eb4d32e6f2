// PageMapper: one page on its way through a mapping.
#pragma once

#include <vector>

#include "transformer/function.hpp"
#include "transformer/outside.hpp"
#include "transformer/plan.hpp"

namespace nexpo {

/// Order of calls: run(); while waits(): take_inquiries(), resume(); finish(). One thread at a time.
/// A row goes through its fields in order until one of them refuses it. In a plan that asks outside, a cell whose
/// answer is not there yet waits, and the fields behind it go on; of the fields that refuse a row the first one counts,
/// so that what becomes of a row does not depend on who answered when.
class PageMapper {
 public:
  /// Borrows the plan and the source.
  PageMapper(const MappingPlan::State& plan, const RecordBatch& source, std::vector<Rejection> unreadable);

  void run();
  bool waits() const { return !waiting_.empty(); }

  /// Questions of one step. Opaque but for `query` and `questions`.
  struct Inquiry {
    const OutsideQuery* query = nullptr;
    std::vector<Value> questions;
    size_t field = 0, step = 0;         ///< the step's place, or that of a rule
    std::vector<uint32_t> rows;         ///< that wait, in order
    std::vector<uint32_t> question_of;  ///< by place in `rows`
  };
  /// What has to be asked next, one inquiry per step: of each field only its first step that waits, so that a step asks
  /// once in a page.
  std::vector<Inquiry> take_inquiries();
  /// `answers[i]` belongs to `inquiries[i]`.
  void resume(const std::vector<Inquiry>& inquiries, const std::vector<OutsideAnswers>& answers);

  MappedBatch finish();

 private:
  enum class Way : uint8_t { done, refused, waits };
  /// Why a step gave nothing; `code` empty: its name.
  struct Failure {
    std::string_view code;
    bool retryable = false;
  };
  /// Rows of one step that wait for answers.
  struct Waiting {
    size_t field, step;
    std::vector<uint32_t> rows;
  };
  static constexpr uint32_t kNoField = ~uint32_t{0};
  static constexpr uint32_t kNoRejection = ~uint32_t{0};

  template <bool asks>
  void run_rows();
  template <bool asks>
  bool map_row(size_t row, std::span<Value> cells);
  template <bool asks>
  Way map_field(size_t index, size_t row, Value& cell, size_t from);
  template <bool asks>
  bool take_unreadable(size_t row);
  Way complete(size_t index, size_t row, Value& cell);
  Way fail(size_t index, size_t row, const Step& step, Value before, Value& cell, Failure failure);
  Way settle(const FieldPlan& field, size_t row, Value& cell);
  Way refuse_missing(size_t row, const FieldPlan& field, Value cell);
  Way refuse(size_t row, const FieldPlan& field, std::string_view code, std::string message, bool retryable = false);
  Rejection unreadable_rejection(Rejection reason) const;
  void wait(size_t field, size_t step, size_t row);
  void answer(const Inquiry& inquiry, const OutsideAnswers& answers);
  void note_refusal(size_t row, size_t field);
  void keep_accepted();
  void count_handled();

  const MappingPlan::State& plan_;
  const std::vector<FieldPlan>& fields_;
  const RecordBatch& source_;
  std::vector<Rejection> unreadable_;
  size_t next_unreadable_ = 0;
  MappedBatch out_;
  StepContext context_;
  std::vector<size_t> handled_;  ///< failures that a policy took care of, by field

  // Of plans that ask outside, where every row stays in `out_` until the end.
  std::vector<Waiting> waiting_;
  std::vector<uint32_t> refused_by_;    ///< by row: the first field that refuses it
  std::vector<uint32_t> rejection_of_;  ///< by row: place in MappedBatch::rejections
};

}  // namespace nexpo

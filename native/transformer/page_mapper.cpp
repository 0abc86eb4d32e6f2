#include "transformer/page_mapper.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/started.hpp"
#include "record/key_index.hpp"
#include "transformer/excerpt.hpp"
#include "transformer/outside_steps.hpp"
#include "transformer/validation/page_validator.hpp"

namespace nexpo {
namespace {

/// Of each inquiry in turn. All of them end before anything they borrow goes.
Task<std::vector<OutsideAnswers>> ask_all(Outside& outside, const std::vector<PageMapper::Inquiry>& inquiries) {
  std::vector<Started<OutsideAnswers>> asked;
  asked.reserve(inquiries.size());
  for (const PageMapper::Inquiry& inquiry : inquiries)
    asked.emplace_back(outside.ask(*inquiry.query, inquiry.questions));
  std::vector<OutsideAnswers> answers;
  std::optional<Error> failed;
  for (Started<OutsideAnswers>& one : asked) {
    auto answer = co_await attempt(one.join());
    if (answer.index() == 0)
      answers.push_back(std::get<0>(std::move(answer)));
    else if (!failed)
      failed = std::get<1>(std::move(answer));
  }
  if (failed) throw *failed;
  co_return answers;
}

}  // namespace

PageMapper::PageMapper(const MappingPlan::State& plan, const RecordBatch& source, std::vector<Rejection> unreadable)
    : plan_(plan),
      fields_(plan.fields),
      source_(source),
      unreadable_(std::move(unreadable)),
      out_{RecordBatch(plan.targets, std::make_shared<Arena>()), {}, {}, {}, std::vector<RuleCount>(plan.rules.size())},
      context_{*out_.records.arena(), {}, {}, {}, {}},
      handled_(plan.fields.size()) {
  if (source.arena()) out_.records.arena()->keep(source.arena());
  out_.records.arena()->keep(plan.memory);
}

void PageMapper::run() {
  out_.records.reserve(source_.size());
  out_.source_row.reserve(source_.size());
  if (plan_.outside.empty()) return run_rows<false>();
  refused_by_.assign(source_.size(), kNoField);
  rejection_of_.assign(source_.size(), kNoRejection);
  run_rows<true>();
}

template <bool asks>
void PageMapper::run_rows() {
  for (size_t row = 0; row < source_.size(); ++row) {
    const bool unreadable = take_unreadable<asks>(row);
    if (unreadable && !asks) continue;
    const std::span<Value> cells = out_.records.add(source_.head(row));
    const bool kept = !unreadable && (source_.head(row).op == RecordOp::remove || map_row<asks>(row, cells));
    if constexpr (asks) continue;
    if (kept)
      out_.source_row.push_back(row);
    else
      out_.records.drop_last();
  }
}

/// Whether the row's values could not be read. What is removed needs none.
template <bool asks>
bool PageMapper::take_unreadable(size_t row) {
  if (next_unreadable_ == unreadable_.size() || unreadable_[next_unreadable_].row != row) return false;
  Rejection& reason = unreadable_[next_unreadable_++];
  if (source_.head(row).op == RecordOp::remove) return false;
  out_.rejections.push_back(unreadable_rejection(std::move(reason)));
  if constexpr (asks) note_refusal(row, 0);
  return true;
}

template <bool asks>
bool PageMapper::map_row(size_t row, std::span<Value> cells) {
  context_.source = source_.row(row);
  for (size_t i = 0; i < fields_.size(); ++i) {
    const FieldPlan& field = fields_[i];
    cells[i] = context_.source[field.slot];
    if (field.plain || map_field<asks>(i, row, cells[i], 0) != Way::refused) continue;
    if constexpr (asks) note_refusal(row, i);
    return false;
  }
  return true;
}

template <bool asks>
PageMapper::Way PageMapper::map_field(size_t index, size_t row, Value& cell, size_t from) {
  const std::vector<Step>& steps = fields_[index].steps;
  for (size_t i = from; i < steps.size(); ++i) {
    const Step& step = steps[i];
    if (!cell.present() && !step.runs_on_null) continue;
    if constexpr (asks) {
      if (step.outside) {
        wait(index, i, row);
        return Way::waits;
      }
    }
    const Value before = cell;
    if (!step.run(step.params.get(), cell, context_)) return fail(index, row, step, before, cell, {});
  }
  return complete(index, row, cell);
}

/// The end of a chain that nothing has cut short.
PageMapper::Way PageMapper::complete(size_t index, size_t row, Value& cell) {
  const FieldPlan& field = fields_[index];
  if (!cell.present() && field.fallback) cell = *field.fallback;
  if (!cell.present() && field.required) return refuse_missing(row, field, cell);
  return Way::done;
}

PageMapper::Way PageMapper::fail(size_t index, size_t row, const Step& step, Value before, Value& cell,
                                 Failure failure) {
  const FieldPlan& field = fields_[index];
  if (field.on_error == OnError::fail_record) {
    const std::string shown = excerpt_of(before, field.personal);
    return refuse(row, field, failure.code.empty() ? step.name : failure.code,
                  fmt::format("{} {} {}", field.source, shown, context_.fault), failure.retryable);
  }
  ++handled_[index];
  return settle(field, row, cell);
}

PageMapper::Way PageMapper::settle(const FieldPlan& field, size_t row, Value& cell) {
  switch (field.on_error) {
    case OnError::null: cell = Value::null(); break;
    case OnError::skip_field: cell = Value(); break;
    case OnError::keep: cell = context_.source[field.slot]; break;
    case OnError::fallback: cell = *field.fallback; break;
    case OnError::fail_record: return Way::refused;
  }
  return cell.present() || !field.required ? Way::done : refuse_missing(row, field, cell);
}

PageMapper::Way PageMapper::refuse_missing(size_t row, const FieldPlan& field, Value cell) {
  const std::string_view state = cell.is(ValueKind::null) ? "is empty" : "is missing";
  return refuse(row, field, "required", fmt::format("{} {}, and {} is required", field.source, state, field.target));
}

PageMapper::Way PageMapper::refuse(size_t row, const FieldPlan& field, std::string_view code, std::string message,
                                   bool retryable) {
  out_.rejections.push_back({row, std::string(code), std::move(message), field.target, retryable});
  return Way::refused;
}

Rejection PageMapper::unreadable_rejection(Rejection reason) const {
  const auto fed = std::find_if(fields_.begin(), fields_.end(),
                                [&](const FieldPlan& field) { return field.source == reason.field; });
  if (!reason.field.empty()) reason.message = fmt::format("{}: {}", reason.field, reason.message);
  reason.field = fed == fields_.end() ? "" : fed->target;
  return reason;
}

void PageMapper::note_refusal(size_t row, size_t field) {
  refused_by_[row] = static_cast<uint32_t>(field);
  rejection_of_[row] = static_cast<uint32_t>(out_.rejections.size() - 1);
}

void PageMapper::wait(size_t field, size_t step, size_t row) {
  auto place = std::find_if(waiting_.begin(), waiting_.end(),
                            [&](const Waiting& one) { return one.field == field && one.step == step; });
  if (place == waiting_.end()) place = waiting_.insert(place, {field, step, {}});
  place->rows.push_back(static_cast<uint32_t>(row));
}

std::vector<PageMapper::Inquiry> PageMapper::take_inquiries() {
  std::sort(waiting_.begin(), waiting_.end(),
            [](const Waiting& a, const Waiting& b) { return std::pair(a.field, a.step) < std::pair(b.field, b.step); });
  std::vector<Inquiry> inquiries;
  std::vector<Waiting> later;
  for (Waiting& group : waiting_) {
    if (!inquiries.empty() && inquiries.back().field == group.field) {
      later.push_back(std::move(group));
      continue;
    }
    Inquiry inquiry;
    inquiry.query = &fields_[group.field].steps[group.step].outside->query;
    inquiry.field = group.field;
    inquiry.step = group.step;
    inquiry.rows = std::move(group.rows);
    std::sort(inquiry.rows.begin(), inquiry.rows.end());
    KeyIndex known(inquiry.query->distinct() ? inquiry.rows.size() : 0);
    for (const uint32_t row : inquiry.rows) {
      const Value question = std::as_const(out_.records).row(row)[inquiry.field];
      std::optional<size_t> place;
      if (inquiry.query->distinct()) place = known.put_new(question.view(), inquiry.questions.size());
      inquiry.question_of.push_back(static_cast<uint32_t>(place.value_or(inquiry.questions.size())));
      if (!place) inquiry.questions.push_back(question);
    }
    inquiries.push_back(std::move(inquiry));
  }
  waiting_ = std::move(later);
  return inquiries;
}

void PageMapper::resume(const std::vector<Inquiry>& inquiries, const std::vector<OutsideAnswers>& answers) {
  for (size_t i = 0; i < inquiries.size(); ++i) answer(inquiries[i], answers[i]);
}

void PageMapper::answer(const Inquiry& inquiry, const OutsideAnswers& answers) {
  if (answers.memory) out_.records.arena()->keep(answers.memory);
  const Step& step = fields_[inquiry.field].steps[inquiry.step];
  RuleCount& count = out_.rules[fields_[inquiry.field].step_rules[inquiry.step]];
  count.checked += inquiry.rows.size();
  count.asked += inquiry.questions.size();
  for (size_t i = 0; i < inquiry.rows.size(); ++i) {
    const uint32_t row = inquiry.rows[i];
    const OutsideAnswer& given = answers.answers.at(inquiry.question_of[i]);
    const bool otherwise = given.state == OutsideAnswer::State::missing && step.outside->otherwise;
    const bool found = given.state == OutsideAnswer::State::found;
    count.failed += found ? 0 : 1;
    if (refused_by_[row] < inquiry.field) continue;
    context_.source = source_.row(row);
    Value& cell = out_.records.row(row)[inquiry.field];
    const Value question = cell;
    Way way = Way::refused;
    if (found || otherwise) {
      cell = found ? given.value : *step.outside->otherwise;
      way = map_field<true>(inquiry.field, row, cell, inquiry.step + 1);
    } else {
      context_.fault = given.reason;
      way = fail(inquiry.field, row, step, question, cell, {given.code, given.retryable});
    }
    if (way == Way::refused) note_refusal(row, inquiry.field);
  }
}

MappedBatch PageMapper::finish() {
  if (!plan_.outside.empty()) keep_accepted();
  count_handled();
  return std::move(out_);
}

/// Rows and rejections in the order of the source.
void PageMapper::keep_accepted() {
  RecordBatch all = std::exchange(out_.records, RecordBatch(plan_.targets, out_.records.arena()));
  std::vector<Rejection> reasons = std::exchange(out_.rejections, {});
  out_.records.reserve(all.size());
  for (size_t row = 0; row < all.size(); ++row) {
    if (rejection_of_[row] != kNoRejection) {
      out_.rejections.push_back(std::move(reasons[rejection_of_[row]]));
      continue;
    }
    const std::span<const Value> cells = std::as_const(all).row(row);
    std::copy(cells.begin(), cells.end(), out_.records.add(all.head(row)).begin());
    out_.source_row.push_back(row);
  }
}

void PageMapper::count_handled() {
  for (size_t i = 0; i < fields_.size(); ++i) {
    if (handled_[i] == 0) continue;
    out_.warnings.push_back(
        fmt::format("{}: {} of {} values could not be transformed and were handled by onError or defaultValue",
                    fields_[i].target, handled_[i], source_.size()));
  }
  for (size_t i = 0; i < fields_.size(); ++i) {
    if (!fields_[i].is_counted) continue;
    RuleCount& count = out_.rules[fields_[i].rule];
    count.checked += source_.size();
    count.failed += handled_[i];
  }
}

Task<MappedBatch> map_batch(const MappingPlan& plan, const RecordBatch& source, std::vector<Rejection> unreadable,
                            Outside& outside, Workers& workers) {
  PageMapper mapper(plan.state(), source, std::move(unreadable));
  std::vector<PageMapper::Inquiry> inquiries;
  const auto look = [&] { inquiries = mapper.take_inquiries(); };
  auto begin = [&] {
    mapper.run();
    look();
  };
  co_await workers.run(std::move(begin));
  while (!inquiries.empty()) {
    const std::vector<OutsideAnswers> answers = co_await ask_all(outside, inquiries);
    auto go_on = [&] {
      mapper.resume(inquiries, answers);
      look();
    };
    co_await workers.run(std::move(go_on));
  }
  MappedBatch mapped;
  std::optional<PageValidator> validator;
  auto check = [&] {
    mapped = mapper.finish();
    if (!plan.state().validates) return;
    validator.emplace(plan.state(), mapped).check();
    inquiries = validator->references();
  };
  co_await workers.run(std::move(check));
  if (!validator) co_return mapped;
  const std::vector<OutsideAnswers> answers = co_await ask_all(outside, inquiries);
  auto end = [&] {
    validator->resume(inquiries, answers);
    validator->finish();
  };
  co_await workers.run(std::move(end));
  co_return mapped;
}

}  // namespace nexpo

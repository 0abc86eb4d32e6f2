#include "transformer/validation/page_validator.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "record/key_index.hpp"
#include "transformer/excerpt.hpp"

namespace nexpo {

PageValidator::PageValidator(const MappingPlan::State& plan, MappedBatch& mapped)
    : plan_(plan), mapped_(mapped), refused_(mapped.records.size()) {}

void PageValidator::check() {
  for (size_t row = 0; row < refused_.size(); ++row) {
    if (mapped_.records.head(row).op == RecordOp::remove) continue;
    refused_[row] = !check_values(row) || !check_record(row);
  }
}

bool PageValidator::check_values(size_t row) {
  const std::span<const Value> cells = std::as_const(mapped_.records).row(row);
  for (size_t i = 0; i < plan_.fields.size(); ++i) {
    if (!cells[i].present()) continue;
    for (const ValueRule& rule : plan_.fields[i].rules) {
      if (!rule.holds || (rule.picklist && !rule.picklist->is_filled())) continue;
      if (count(rule.head, rule.holds(rule.params.get(), cells[i], scratch_))) continue;
      if (rule.head.severity == Severity::error) return refuse_value(row, i, rule);
    }
  }
  return true;
}

// An expression that fails says nothing about the record, so it does not hold.
bool PageValidator::check_record(size_t row) {
  const std::span<const Value> cells = std::as_const(mapped_.records).row(row);
  for (const RecordRule& rule : plan_.record_rules) {
    Value holds;
    const bool known = rule.holds.evaluate(cells, *mapped_.records.arena(), expressions_, holds);
    if (count(rule.head, known && holds.is(ValueKind::boolean) && holds.view() == "true")) continue;
    if (rule.head.severity == Severity::warn) continue;
    std::string message = rule.head.message;
    if (!known) message += fmt::format(" (the rule {})", expressions_.fault);
    const std::string field = rule.fields.empty() ? "" : plan_.fields[rule.fields.front()].target;
    return refuse(row, {0, std::string(rule.head.name), std::move(message), field, false});
  }
  return true;
}

std::vector<PageMapper::Inquiry> PageValidator::references() const {
  std::vector<PageMapper::Inquiry> references;
  for (size_t i = 0; i < plan_.fields.size(); ++i) {
    for (size_t place = 0; place < plan_.fields[i].rules.size(); ++place) {
      if (!plan_.fields[i].rules[place].question) continue;
      PageMapper::Inquiry inquiry;
      inquiry.query = plan_.fields[i].rules[place].question.get();
      inquiry.field = i;
      inquiry.step = place;
      KeyIndex known(refused_.size());
      for (size_t row = 0; row < refused_.size(); ++row) {
        const Value value = std::as_const(mapped_.records).row(row)[i];
        if (refused_[row] || !value.present()) continue;
        const std::optional<size_t> before = known.put_new(value.view(), inquiry.questions.size());
        inquiry.rows.push_back(static_cast<uint32_t>(row));
        inquiry.question_of.push_back(static_cast<uint32_t>(before.value_or(inquiry.questions.size())));
        if (!before) inquiry.questions.push_back(value);
      }
      if (!inquiry.rows.empty()) references.push_back(std::move(inquiry));
    }
  }
  return references;
}

void PageValidator::resume(const std::vector<PageMapper::Inquiry>& references,
                           const std::vector<OutsideAnswers>& answers) {
  for (size_t i = 0; i < references.size(); ++i) {
    const PageMapper::Inquiry& inquiry = references[i];
    const ValueRule& rule = plan_.fields[inquiry.field].rules[inquiry.step];
    mapped_.rules[rule.head.count].asked += inquiry.questions.size();
    for (size_t at = 0; at < inquiry.rows.size(); ++at) {
      const size_t row = inquiry.rows[at];
      const OutsideAnswer& answer = answers[i].answers.at(inquiry.question_of[at]);
      if (refused_[row] || count(rule.head, answer.state == OutsideAnswer::State::found)) continue;
      if (rule.head.severity == Severity::error) refused_[row] = !refuse_value(row, inquiry.field, rule, &answer);
    }
  }
}

// Of several records with one value the first stays.
void PageValidator::check_unique() {
  struct Column {
    size_t field;
    const ValueRule* rule;
    KeyIndex seen;
  };
  std::vector<Column> columns;
  for (size_t i = 0; i < plan_.fields.size(); ++i) {
    for (const ValueRule& rule : plan_.fields[i].rules)
      if (rule.unique) columns.push_back({i, &rule, KeyIndex(refused_.size())});
  }
  if (columns.empty()) return;
  for (size_t row = 0; row < refused_.size(); ++row) {
    const std::span<const Value> cells = std::as_const(mapped_.records).row(row);
    for (const Column& column : columns) {
      if (refused_[row] || !cells[column.field].present()) continue;
      if (count(column.rule->head, !column.seen.contains(cells[column.field].view()))) continue;
      if (column.rule->head.severity == Severity::error) refused_[row] = !refuse_value(row, column.field, *column.rule);
    }
    if (refused_[row]) continue;
    for (Column& column : columns)
      if (cells[column.field].present()) column.seen.put_new(cells[column.field].view(), row);
  }
}

void PageValidator::finish() {
  check_unique();
  warn();
  if (reasons_.empty()) return;
  RecordBatch all = std::exchange(mapped_.records, RecordBatch(plan_.targets, mapped_.records.arena()));
  const std::vector<size_t> rows = std::exchange(mapped_.source_row, {});
  for (size_t row = 0; row < refused_.size(); ++row) {
    if (refused_[row]) continue;
    const std::span<const Value> cells = std::as_const(all).row(row);
    std::copy(cells.begin(), cells.end(), mapped_.records.add(all.head(row)).begin());
    mapped_.source_row.push_back(rows[row]);
  }
  mapped_.rejections.insert(mapped_.rejections.end(), std::make_move_iterator(reasons_.begin()),
                            std::make_move_iterator(reasons_.end()));
  std::stable_sort(mapped_.rejections.begin(), mapped_.rejections.end(),
                   [](const Rejection& a, const Rejection& b) { return a.row < b.row; });
}

bool PageValidator::count(const RuleHead& head, bool holds) {
  RuleCount& counts = mapped_.rules[head.count];
  ++counts.checked;
  counts.failed += holds ? 0 : 1;
  return holds;
}

bool PageValidator::refuse_value(size_t row, size_t index, const ValueRule& rule, const OutsideAnswer* answer) {
  const FieldPlan& field = plan_.fields[index];
  const std::string shown = excerpt_of(std::as_const(mapped_.records).row(row)[index], field.personal);
  const std::string_view reason = answer && !answer->reason.empty() ? answer->reason : std::string_view(rule.reason);
  const std::string_view code = answer && !answer->code.empty() ? answer->code : rule.head.name;
  std::string message = rule.head.message;
  if (message.empty()) message = fmt::format("{} {} {}", field.target, shown, reason);
  return refuse(row, {0, std::string(code), std::move(message), field.target, answer && answer->retryable});
}

bool PageValidator::refuse(size_t row, Rejection reason) {
  reason.row = mapped_.source_row[row];
  reasons_.push_back(std::move(reason));
  return false;
}

void PageValidator::warn_of(const RuleHead& head, std::string_view subject, std::string_view reason) {
  const RuleCount& counts = mapped_.rules[head.count];
  if (head.severity == Severity::error || counts.failed == 0) return;
  mapped_.warnings.push_back(fmt::format("{}: {} of {} {}", head.at, counts.failed, counts.checked,
                                         head.message.empty() ? fmt::format("{} {}", subject, reason) : head.message));
}

void PageValidator::warn() {
  for (const FieldPlan& field : plan_.fields)
    for (const ValueRule& rule : field.rules) warn_of(rule.head, field.target, rule.reason);
  for (const RecordRule& rule : plan_.record_rules) warn_of(rule.head, "", "");
}

}  // namespace nexpo

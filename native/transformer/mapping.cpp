#include "transformer/mapping.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "record/utf8.hpp"
#include "transformer/plan.hpp"

namespace nexpo {
namespace {

constexpr size_t kExcerptBytesMax = 60;

// The start of a value, whole characters only, for a message about it.
std::string excerpt(Value value) {
  const std::string_view text = value.view();
  if (text.size() <= kExcerptBytesMax) return fmt::format("`{}`", text);
  size_t end = 0;
  while (end < kExcerptBytesMax) end += std::max<size_t>(1, utf8_size(text, end));
  return fmt::format("`{}...`", text.substr(0, end));
}

// Maps one page. Failures that a policy swallows are counted by field and reported once.
class PageMapper {
 public:
  PageMapper(const std::vector<FieldPlan>& fields, const RecordBatch& source, std::vector<Rejection> unreadable,
             MappedBatch& out)
      : fields_(fields),
        source_(source),
        unreadable_(std::move(unreadable)),
        out_(out),
        context_{*out.records.arena(), {}, {}, {}, {}},
        swallowed_(fields.size()) {}

  void run() {
    out_.records.reserve(source_.size());
    out_.source_row.reserve(source_.size());
    size_t next_unreadable = 0;
    for (size_t row = 0; row < source_.size(); ++row) {
      if (next_unreadable < unreadable_.size() && unreadable_[next_unreadable].row == row) {
        Rejection& reason = unreadable_[next_unreadable++];
        if (source_.head(row).op == RecordOp::upsert) {
          reject_unreadable(std::move(reason));
          continue;
        }
      }
      const std::span<Value> cells = out_.records.add(source_.head(row));
      if (source_.head(row).op == RecordOp::remove || map_row(row, cells)) {
        out_.source_row.push_back(row);
      } else {
        out_.records.drop_last();
      }
    }
    for (size_t i = 0; i < fields_.size(); ++i) {
      if (swallowed_[i] == 0) continue;
      out_.warnings.push_back(
          fmt::format("{}: {} of {} values could not be transformed and were handled by onError or defaultValue",
                      fields_[i].target, swallowed_[i], source_.size()));
    }
  }

 private:
  bool map_row(size_t row, std::span<Value> cells) {
    context_.source = source_.row(row);
    for (size_t i = 0; i < fields_.size(); ++i) {
      const FieldPlan& field = fields_[i];
      cells[i] = context_.source[field.slot];
      if (!field.plain && !map_field(i, row, cells[i])) return false;
    }
    return true;
  }

  bool map_field(size_t index, size_t row, Value& cell) {
    const FieldPlan& field = fields_[index];
    for (const Step& step : field.steps) {
      if (!cell.present() && !step.runs_on_null) continue;
      const Value before = cell;
      if (step.run(step.params.get(), cell, context_)) continue;
      if (field.on_error == OnError::fail_record) {
        const std::string shown = field.personal ? std::string("(personal data)") : excerpt(before);
        return reject(row, field, step.name, fmt::format("{} {} {}", field.source, shown, context_.fault));
      }
      ++swallowed_[index];
      return settle(field, row, cell);
    }
    if (cell.present()) return true;
    if (field.fallback) {
      cell = *field.fallback;
      return true;
    }
    return !field.required || reject_missing(row, field, cell);
  }

  bool settle(const FieldPlan& field, size_t row, Value& cell) {
    switch (field.on_error) {
      case OnError::null: cell = Value::null(); break;
      case OnError::skip_field: cell = Value(); break;
      case OnError::keep: cell = context_.source[field.slot]; break;
      case OnError::fallback: cell = *field.fallback; break;
      case OnError::fail_record: return false;
    }
    return cell.present() || !field.required || reject_missing(row, field, cell);
  }

  bool reject_missing(size_t row, const FieldPlan& field, Value cell) {
    const std::string_view state = cell.is(ValueKind::null) ? "is empty" : "is missing";
    return reject(row, field, "required", fmt::format("{} {}, and {} is required", field.source, state, field.target));
  }

  bool reject(size_t row, const FieldPlan& field, std::string_view code, std::string message) {
    out_.rejections.push_back({row, std::string(code), std::move(message), field.target, false});
    return false;
  }

  void reject_unreadable(Rejection reason) {
    const auto fed = std::find_if(fields_.begin(), fields_.end(),
                                  [&](const FieldPlan& field) { return field.source == reason.field; });
    if (!reason.field.empty()) reason.message = fmt::format("{}: {}", reason.field, reason.message);
    reason.field = fed == fields_.end() ? "" : fed->target;
    out_.rejections.push_back(std::move(reason));
  }

  const std::vector<FieldPlan>& fields_;
  const RecordBatch& source_;
  std::vector<Rejection> unreadable_;
  MappedBatch& out_;
  StepContext context_;
  std::vector<size_t> swallowed_;  ///< by field
};

}  // namespace

MappingPlan::MappingPlan(std::unique_ptr<State> state) : state_(std::move(state)) {}
MappingPlan::~MappingPlan() = default;
MappingPlan::MappingPlan(MappingPlan&&) noexcept = default;

const std::vector<std::string>& MappingPlan::source_paths() const { return state_->source_paths; }
const Shape& MappingPlan::target_fields() const { return state_->targets; }
const std::vector<bool>& MappingPlan::personal_slots() const { return state_->personal_slots; }
const std::vector<bool>& MappingPlan::personal_fields() const { return state_->personal_fields; }
bool MappingPlan::has_personal_data() const {
  return std::find(state_->personal_fields.begin(), state_->personal_fields.end(), true) !=
         state_->personal_fields.end();
}
std::string MappingPlan::hash() const { return state_->hash; }

std::string_view MappingPlan::renamed_from(std::string_view target) const {
  for (const FieldPlan& field : state_->fields) {
    if (field.target == target) return field.steps.empty() && !field.fallback ? std::string_view(field.source) : "";
  }
  return "";
}

MappedBatch MappingPlan::apply(const RecordBatch& source, std::vector<Rejection> unreadable) const {
  MappedBatch out;
  auto arena = std::make_shared<Arena>();
  if (source.arena()) arena->keep(source.arena());
  arena->keep(state_->memory);
  out.records = RecordBatch(state_->targets, std::move(arena));
  PageMapper(state_->fields, source, std::move(unreadable), out).run();
  return out;
}

}  // namespace nexpo

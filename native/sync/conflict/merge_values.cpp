#include "sync/conflict/merge_values.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "record/json.hpp"
#include "transformer/expression/decimal38.hpp"
#include "transformer/moment.hpp"

namespace nexpo {
namespace {

using cel::Decimal38;

/// Elements of a list that rules look at; longer ones are for a person.
constexpr size_t kElementsMax = 10'000;

int sign_of(int difference) { return difference < 0 ? -1 : difference > 0 ? 1 : 0; }

std::optional<Decimal38> decimal_of(Value value) {
  return value.present() ? Decimal38::parse(value.view()) : std::nullopt;
}

std::optional<int> compare_moments(Value a, Value b) {
  Moment left, right;
  if (!parse_iso(a.view(), left) || !parse_iso(b.view(), right) || left.kind != right.kind) return std::nullopt;
  const int64_t left_seconds = left.wall_seconds() - left.offset, right_seconds = right.wall_seconds() - right.offset;
  if (left_seconds != right_seconds) return left_seconds < right_seconds ? -1 : 1;
  return left.nanos == right.nanos ? 0 : left.nanos < right.nanos ? -1 : 1;
}

/// A list as its elements, each as JSON text or, of a separated text, as it stands.
struct Elements {
  bool json = false;
  std::vector<std::string> list;

  bool has(const std::string& element) const { return std::ranges::find(list, element) != list.end(); }
  void add(const std::string& element) {
    if (!has(element)) list.push_back(element);
  }
};

/// Nothing if the value is neither a list nor a text, or too long.
std::optional<Elements> elements_of(Value value, std::string_view separator) {
  Elements out;
  if (value.is(ValueKind::json)) {
    const auto parsed = nlohmann::json::parse(value.view(), nullptr, false);
    if (!parsed.is_array() || parsed.size() > kElementsMax) return std::nullopt;
    out.json = true;
    for (const auto& element : parsed) out.add(element.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
    return out;
  }
  std::string_view text = value.view();
  while (!text.empty()) {
    if (out.list.size() == kElementsMax) return std::nullopt;
    const size_t end = std::min(text.find(separator), text.size());
    if (end > 0) out.add(std::string(text.substr(0, end)));
    text.remove_prefix(std::min(end + separator.size(), text.size()));
  }
  return out;
}

Value value_of_elements(const Elements& elements, std::string_view separator, Arena& arena) {
  std::string text = elements.json ? "[" : "";
  for (size_t i = 0; i < elements.list.size(); ++i) {
    if (i > 0) text += elements.json ? std::string_view(",") : separator;
    text += elements.list[i];
  }
  if (elements.json) text += "]";
  return elements.json ? Value::json(arena.copy(text)) : Value::text(arena.copy(text));
}

/// What both sides have, what one side added, without what one side took out. What was there keeps its order, what
/// came is sorted: so it does not matter which side is which.
std::optional<Value> united(const FieldRule& rule, Value base, Value source, Value target, Arena& arena) {
  const auto before = elements_of(base, rule.separator), left = elements_of(source, rule.separator),
             right = elements_of(target, rule.separator);
  if (!before || !left || !right) return std::nullopt;
  Elements kept;
  kept.json = left->json || right->json;
  if (kept.json && ((!left->json && !left->list.empty()) || (!right->json && !right->list.empty())))
    return std::nullopt;
  for (const std::string& element : before->list)
    if (left->has(element) && right->has(element)) kept.add(element);
  std::vector<std::string> added;
  for (const Elements* side : {&*left, &*right})
    for (const std::string& element : side->list)
      if (!before->has(element)) added.push_back(element);
  std::ranges::sort(added);
  for (const std::string& element : added) kept.add(element);
  return value_of_elements(kept, rule.separator, arena);
}

std::optional<Value> joined(const FieldRule& rule, Value source, Value target, Arena& arena) {
  const auto left = elements_of(source, rule.separator), right = elements_of(target, rule.separator);
  if (!left || !right || left->json != right->json) return std::nullopt;
  Elements both = *left;
  for (const std::string& element : right->list) both.add(element);
  return value_of_elements(both, rule.separator, arena);
}

std::optional<Value> counted(Value base, Value source, Value target, Arena& arena) {
  // A counter that was not there began at nothing.
  const auto before = is_blank(base) ? Decimal38{} : decimal_of(base);
  const auto left = decimal_of(source), right = decimal_of(target);
  if (!before || !left || !right) return std::nullopt;
  const auto gained = left->minus(*before);
  const auto sum = gained ? right->plus(*gained) : std::nullopt;
  if (!sum) return std::nullopt;
  char text[Decimal38::kTextMax];
  const std::string_view written = arena.copy({text, sum->write(text)});
  return source.is(ValueKind::text) && target.is(ValueKind::text) ? Value::text(written) : Value::number(written);
}

std::optional<Value> calculated(const Expression& expression, Value base, Value source, Value target,
                                MergeScratch& scratch) {
  const Value cells[] = {base, source, target};
  Value result;
  if (!expression.evaluate(cells, scratch.arena, scratch.expression, result)) return std::nullopt;
  return result;
}

}  // namespace

bool is_blank(Value value) { return !value.present() || (value.is(ValueKind::text) && value.view().empty()); }

int compare_values(Value a, Value b) {
  if (!a.present() || !b.present()) return static_cast<int>(a.present()) - static_cast<int>(b.present());
  const auto left = decimal_of(a), right = decimal_of(b);
  if (left && right) return left->compare(*right);
  if (const std::optional<int> by_time = compare_moments(a, b)) return *by_time;
  return sign_of(a.view().compare(b.view()));
}

std::optional<Value> merge_values(const FieldRule& rule, Value base, Value source, Value target,
                                  MergeScratch& scratch) {
  switch (rule.merge) {
    case FieldMerge::none: return std::nullopt;
    case FieldMerge::authority: return rule.side == Side::source ? source : target;
    case FieldMerge::max: return compare_values(source, target) >= 0 ? source : target;
    case FieldMerge::min:
      if (!source.present() || !target.present()) return source.present() ? source : target;
      return compare_values(source, target) <= 0 ? source : target;
    case FieldMerge::set_union: return united(rule, base, source, target, scratch.arena);
    case FieldMerge::concat: return joined(rule, source, target, scratch.arena);
    case FieldMerge::counter: return counted(base, source, target, scratch.arena);
    case FieldMerge::coalesce: {
      const Value first = rule.side == Side::source ? source : target;
      return is_blank(first) ? (rule.side == Side::source ? target : source) : first;
    }
    case FieldMerge::custom: return calculated(*rule.expression, base, source, target, scratch);
  }
  return std::nullopt;
}

}  // namespace nexpo

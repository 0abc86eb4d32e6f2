// Rules for how much a value may be: length, range.
#include <fmt/format.h>

#include "transformer/characters.hpp"
#include "transformer/decimal.hpp"
#include "transformer/moment.hpp"
#include "transformer/validation/rule.hpp"

namespace nexpo {
namespace {

constexpr int64_t kRuleLengthMax = 1'000'000'000;

struct LengthRule {
  TextUnit unit;
  size_t min, max;
};

// No unit is larger than a byte, so most texts need no counting.
bool has_length(const LengthRule& rule, const Value& cell, std::string&) {
  const std::string_view text = cell.view();
  if (text.size() < rule.min) return false;
  if (rule.min == 0 && text.size() <= rule.max) return true;
  const size_t units = count_units(text, rule.unit);
  return units >= rule.min && units <= rule.max;
}

std::string between(const std::string& min, const std::string& max, std::string_view of) {
  if (max.empty()) return fmt::format("{} less than {}", of, min);
  if (min.empty()) return fmt::format("{} more than {}", of, max);
  return fmt::format("{} less than {} or more than {}", of, min, max);
}

ValueRule compile_length(Params& params, std::string_view) {
  const auto min = params.integer("min", 0, kRuleLengthMax), max = params.integer("max", 0, kRuleLengthMax);
  const std::string_view unit = params.choice("unit", {"codePoints", "utf16", "bytes"});
  if (!params.has("min") && !params.has("max"))
    params.faults().add(params.at(), "a limit is missing", "write `min`, `max` or both");
  if (min && max && *min > *max) params.faults().add(params.at("min"), "this is more than `max`", "write a lower one");
  const std::string reason = between(min ? std::to_string(*min) : "", max ? std::to_string(*max) : "", "has") +
                             (unit == "bytes"   ? " bytes"
                              : unit == "utf16" ? " UTF-16 units"
                                                : " characters");
  return make_rule<LengthRule, has_length>(
      {unit == "bytes"   ? TextUnit::bytes
       : unit == "utf16" ? TextUnit::utf16
                         : TextUnit::code_points,
       static_cast<size_t>(min.value_or(0)), static_cast<size_t>(max.value_or(kRuleLengthMax))},
      reason);
}

int compare_moments(const Moment& a, const Moment& b) {
  const int64_t a_seconds = a.wall_seconds() - a.offset, b_seconds = b.wall_seconds() - b.offset;
  if (a_seconds != b_seconds) return a_seconds < b_seconds ? -1 : 1;
  return a.nanos == b.nanos ? 0 : a.nanos < b.nanos ? -1 : 1;
}

// What has an order: numbers among themselves, days, and instants.
struct Bound {
  bool is_number = false;
  Decimal number;
  Moment moment;

  bool read(std::string_view text) {
    is_number = number.parse(text, {});
    return is_number || parse_iso(text, moment);
  }
  bool same_kind(const Bound& other) const {
    return is_number == other.is_number && (is_number || moment.kind == other.moment.kind);
  }
  int compare(const Bound& other) const {
    return is_number ? number.compare(other.number) : compare_moments(moment, other.moment);
  }
};

struct RangeRule {
  std::optional<Bound> min, max;

  const Bound& either() const { return min ? *min : *max; }
};

bool is_in_range(const RangeRule& rule, const Value& cell, std::string&) {
  Bound given;
  if (!cell.is(ValueKind::number) && !cell.is(ValueKind::text)) return false;
  if (!given.read(cell.view()) || !given.same_kind(rule.either())) return false;
  return (!rule.min || given.compare(*rule.min) >= 0) && (!rule.max || given.compare(*rule.max) <= 0);
}

// A number, or a text with a number, a day or an instant in it. `shown` is how it stands in messages.
std::optional<Bound> bound_of(Params& params, std::string_view key, std::string& shown) {
  const nlohmann::json* value = params.find(key);
  if (!value) return std::nullopt;
  shown = value->is_string() ? value->get<std::string>() : value->dump();
  Bound bound;
  if ((value->is_number() || value->is_string()) && bound.read(shown)) return bound;
  params.faults().add(params.at(key), "this has no order",
                      "write a number, \"2024-01-31\" or \"2024-01-31T12:00:00Z\"; digits beyond 15 in quotes");
  return std::nullopt;
}

ValueRule compile_range(Params& params, std::string_view) {
  std::string min, max;
  RangeRule rule{bound_of(params, "min", min), bound_of(params, "max", max)};
  if (!params.has("min") && !params.has("max"))
    params.faults().add(params.at(), "a limit is missing", "write `min`, `max` or both");
  if (rule.min && rule.max && !rule.min->same_kind(*rule.max)) {
    params.faults().add(params.at("max"), "this is of another kind than `min`", "write two numbers or two dates");
    rule.max.reset();
  }
  if (rule.min && rule.max && rule.min->compare(*rule.max) > 0)
    params.faults().add(params.at("min"), "this is more than `max`", "write a lower one");
  std::string reason = between(min, max, "is");
  if (const auto& any = rule.min ? rule.min : rule.max; any && !any->is_number) reason += ", or no such date";
  return make_rule<RangeRule, is_in_range>(std::move(rule), std::move(reason));
}

constexpr RuleKind kRules[] = {{"length", compile_length}, {"range", compile_range}};

}  // namespace

std::span<const RuleKind> limit_rules() { return kRules; }

}  // namespace nexpo

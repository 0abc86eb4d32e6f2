// number: text or number to an exact decimal.
#include <fmt/format.h>

#include "record/utf8.hpp"
#include "transformer/decimal.hpp"
#include "transformer/function.hpp"
#include "transformer/number_locale.hpp"
#include "transformer/rounding.hpp"

namespace nexpo {
namespace {

constexpr int64_t kScaleMax = 100;
constexpr int64_t kShiftMax = 100;

struct Number {
  std::string decimal, group;
  const NumberLocale* locale = nullptr;  ///< instead of the two
  std::optional<int> scale;
  Rounding rounding = Rounding::half_even;
  int shift = 0;
};

// ASCII white space, and the no-break spaces that some locales put around numbers.
std::string_view without_edges(std::string_view text) {
  constexpr std::string_view kSpaces[] = {" ", "\t", "\n", "\r", "\u00a0", "\u202f"};
  for (bool again = true; again;) {
    again = false;
    for (const std::string_view space : kSpaces) {
      if (text.starts_with(space)) text.remove_prefix(space.size()), again = true;
      if (text.ends_with(space)) text.remove_suffix(space.size()), again = true;
    }
  }
  return text;
}

bool parse(const Number& rule, const Value& cell, StepContext& context, Decimal& decimal) {
  if (cell.is(ValueKind::number)) return decimal.parse(cell.view(), {});
  if (!cell.is(ValueKind::text)) return false;
  if (rule.locale) {
    return rule.locale->spell_plainly(without_edges(cell.view()), context.scratch) &&
           decimal.parse(context.scratch, {});
  }
  return decimal.parse(without_edges(cell.view()), {rule.decimal, rule.group});
}

bool to_number(const Number& rule, Value& cell, StepContext& context) {
  Decimal decimal;
  if (!parse(rule, cell, context, decimal)) {
    context.fault = "is not a number";
    return false;
  }
  if ((rule.shift != 0 && !decimal.shift(rule.shift)) || (rule.scale && !decimal.round(*rule.scale, rule.rounding))) {
    context.fault = fmt::format("has more than {} digits", Decimal::kDigitsMax);
    return false;
  }
  char text[Decimal::kTextMax];
  cell = Value::number(context.arena.copy({text, decimal.write(text)}));
  return true;
}

std::string separator(Params& options, std::string_view key, std::string_view fallback) {
  std::string text = options.text(key, fallback);
  const bool one_character = text.empty() || (is_utf8(text) && utf8_size_of_lead(text[0]) == text.size());
  if (!one_character || (!text.empty() && std::string_view("0123456789+-eE").find(text) != std::string_view::npos)) {
    options.faults().add(options.at(key), "this must be one character that is no part of a number",
                         "write for example \",\" or \".\"");
  }
  return text;
}

const NumberLocale* locale_of(Params& options) {
  const std::string name = options.text("locale", "");
  if (!options.has("locale")) return nullptr;
  const NumberLocale* locale = NumberLocale::find(name);
  if (!locale) {
    options.faults().add(options.at("locale"), fmt::format("`{}` is no locale that is known here", name),
                         suggestion(name, NumberLocale::names()) + ", or write `decimal` and `group`");
  }
  for (const std::string_view key : {"decimal", "group"}) {
    if (options.has(key))
      options.faults().add(options.at(key), "the locale says this already", "leave one of the two out");
  }
  return locale;
}

Step compile_number(CompileContext& context, std::string_view name) {
  Params options = context.params.options(name);
  Number rule;
  rule.locale = locale_of(options);
  rule.decimal = separator(options, "decimal", ".");
  rule.group = separator(options, "group", "");
  if (rule.decimal == rule.group) {
    options.faults().add(options.at("group"), "this is the decimal separator already", "write another character");
  }
  if (const auto scale = options.integer("scale", 0, kScaleMax)) rule.scale = static_cast<int>(*scale);
  rule.rounding = read_rounding(options, "round");
  if (options.has("round") && !rule.scale) {
    options.faults().add(options.at("round"), "there is nothing to round to", "add `scale`");
  }
  rule.shift = static_cast<int>(options.integer("shift", -kShiftMax, kShiftMax).value_or(0));
  options.finish();
  const std::optional<int> scale = rule.scale;
  Step step = make_step<Number, to_number>(std::move(rule));
  step.can_fail = true;
  step.describe = [scale](FieldSchema& field) {
    field.length_max.reset();
    field.precision.reset();
    field.scale = scale;
    if (scale == 0) field.type = FieldType::integer;
  };
  return step;
}

constexpr Function kFunctions[] = {{"number", FieldType::number, compile_number}};

}  // namespace

std::span<const Function> number_functions() { return kFunctions; }

}  // namespace nexpo

// currency: amounts to the minor units of their currency and back.
#include "transformer/currency.hpp"

#include "transformer/decimal.hpp"
#include "transformer/function.hpp"
#include "transformer/rounding.hpp"
#include "transformer/text_source.hpp"

namespace nexpo {
namespace {

struct Money {
  TextSource code;
  bool to_minor;
  std::optional<Rounding> rounding;  ///< unset: an amount with more digits than the currency has fails
};

bool fail(StepContext& context, std::string_view fault) {
  context.fault = fault;
  return false;
}

bool convert_amount(const Money& rule, Value& cell, StepContext& context) {
  const std::optional<int> units = minor_units(rule.code.of(context));
  if (!units) return fail(context, "has no currency that ISO 4217 lists");
  Decimal amount;
  const bool is_amount = cell.is(ValueKind::number) || cell.is(ValueKind::text);
  if (!is_amount || !amount.parse(cell.view(), {})) return fail(context, "is not a number");
  if (!amount.shift(rule.to_minor ? *units : -*units)) return fail(context, "has too many digits");
  const Decimal exact = amount;
  if (!amount.round(rule.to_minor ? 0 : *units, rule.rounding.value_or(Rounding::down)))
    return fail(context, "has too many digits");
  if (!rule.rounding && amount.compare(exact) != 0) return fail(context, "has parts of a minor unit, and no `round`");
  char text[Decimal::kTextMax];
  cell = Value::number(context.arena.copy({text, amount.write(text)}));
  return true;
}

Step compile_currency(CompileContext& context, std::string_view name) {
  Params options = context.params.options(name);
  Money rule{TextSource::read(options, "code", context.slot_of), true, {}};
  rule.to_minor = options.choice("to", {"minor", "major"}) == "minor";
  if (options.has("round")) rule.rounding = read_rounding(options, "round");
  options.finish();
  if (!options.has("code")) {
    options.faults().add(options.at("code"), "this is missing", "write \"EUR\", or {\"field\": \"CurrencyIsoCode\"}");
  } else if (!rule.code.text.empty() && !minor_units(rule.code.text)) {
    options.faults().add(options.at("code"), "`" + rule.code.text + "` is no currency", "write a code of ISO 4217");
  }
  const bool to_minor = rule.to_minor;
  const std::optional<int> scale = to_minor ? 0 : minor_units(rule.code.text);
  Step step = make_step<Money, convert_amount>(std::move(rule));
  step.can_fail = true;
  step.describe = [to_minor, scale](FieldSchema& field) {
    field.length_max.reset();
    field.precision.reset();
    field.scale = scale;
    if (to_minor) field.type = FieldType::integer;
  };
  return step;
}

constexpr Function kFunctions[] = {{"currency", FieldType::number, compile_currency}};

}  // namespace

std::span<const Function> currency_functions() { return kFunctions; }

}  // namespace nexpo

// calculate: a cell by an expression over the cell so far and the fields of the source.
#include <algorithm>

#include "base/error.hpp"
#include "transformer/expression/expression.hpp"
#include "transformer/function.hpp"

namespace nexpo {
namespace {

struct Calculation {
  Expression expression;
  std::vector<uint32_t> slots;  ///< of the source row, by the expression's slots from 1 on; 0 is `value`
};

bool calculate(const Calculation& rule, Value& cell, StepContext& context) {
  std::vector<Value>& cells = context.cells;
  cells.assign(1, cell);
  for (const uint32_t slot : rule.slots) cells.push_back(context.source[slot]);
  if (!context.expression) context.expression.emplace();
  if (rule.expression.evaluate(cells, context.arena, *context.expression, cell)) return true;
  context.fault = context.expression->fault;
  return false;
}

}  // namespace

Step compile_calculate(CompileContext& context) {
  const std::string text = context.params.required_text("expression", "write for example \"record.Amount * 2\"");
  context.params.finish();
  if (text.empty()) return {};
  std::vector<uint32_t> slots;
  const Expression::Resolve resolve = [&](std::string_view name) -> std::optional<uint32_t> {
    constexpr std::string_view kRecord = "record.";
    if (name == "value") return 0;
    if (!name.starts_with(kRecord)) return std::nullopt;
    const uint32_t slot = context.slot_of(std::string(name.substr(kRecord.size())));
    const auto known = std::find(slots.begin(), slots.end(), slot);
    const auto place = static_cast<uint32_t>(known - slots.begin());
    if (known == slots.end()) slots.push_back(slot);
    return place + 1;
  };
  try {
    Expression expression = Expression::compile(text, resolve);
    const std::optional<FieldType> type = expression.type();
    const bool can_fail = expression.can_fail();
    Step step = make_step<Calculation, calculate>({std::move(expression), std::move(slots)});
    step.name = "calculate";
    step.can_fail = can_fail;
    step.runs_on_null = true;
    step.describe = [type](FieldSchema& field) {
      field.type = type.value_or(field.type);
      field.length_max.reset();
      field.precision.reset();
      field.scale.reset();
    };
    return step;
  } catch (const Error& error) {
    context.params.faults().add(context.params.at("expression"), error.message(),
                                "names are `value` and `record.` with a field");
    return {};
  }
}

}  // namespace nexpo

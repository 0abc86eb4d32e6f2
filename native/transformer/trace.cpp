#include "transformer/trace.hpp"

#include "transformer/plan.hpp"

namespace nexpo {
namespace {

/// Follows one chain. False: it ends at a question for others.
bool follow(const FieldPlan& field, Value& cell, bool& failed, StepContext& context, std::vector<StepTrace>& steps) {
  for (const Step& step : field.steps) {
    StepTrace& trace = steps.emplace_back();
    trace.step = step.name;
    if (!cell.present() && !step.runs_on_null) continue;
    if (step.outside) return false;
    failed = !step.run(step.params.get(), cell, context);
    if (failed) {
      trace.fault = context.fault;
      return true;
    }
    trace.value = cell;
  }
  return true;
}

/// What stands in for a value that a step could not make; none: the record is refused.
std::optional<Value> handled(const FieldPlan& field, Value from) {
  switch (field.on_error) {
    case OnError::null: return Value::null();
    case OnError::skip_field: return Value();
    case OnError::keep: return from;
    case OnError::fallback: return *field.fallback;
    case OnError::fail_record: return std::nullopt;
  }
  return std::nullopt;
}

FieldTrace trace_field(const FieldPlan& field, StepContext& context) {
  FieldTrace trace{field.source, field.target, field.personal, context.source[field.slot], {}, {}};
  Value cell = trace.from;
  bool failed = false;
  if (!follow(field, cell, failed, context, trace.steps)) return trace;
  if (failed) {
    trace.result = handled(field, trace.from);
    if (trace.result) trace.steps.push_back({"onError", trace.result, {}});
  } else {
    trace.result = cell;
    if (!cell.present() && field.fallback) {
      trace.result = *field.fallback;
      trace.steps.push_back({"defaultValue", trace.result, {}});
    }
  }
  if (trace.result && !trace.result->present() && field.required) trace.result.reset();
  return trace;
}

}  // namespace

std::vector<FieldTrace> trace_row(const MappingPlan& plan, std::span<const Value> row, Arena& memory) {
  StepContext context{memory, row, {}, {}, {}};
  std::vector<FieldTrace> traces;
  for (const FieldPlan& field : plan.state().fields) traces.push_back(trace_field(field, context));
  return traces;
}

}  // namespace nexpo

// Trace: what each step of a mapping makes of one record, for people who ask where a value comes from.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "transformer/mapping.hpp"

namespace nexpo {

/// Views live as long as the plan.
struct StepTrace {
  std::string_view step;       ///< the function's name; "defaultValue" or "onError" for what stood in for a value
  std::optional<Value> value;  ///< after it; none: it did not run, or has to ask others
  std::string fault;           ///< why it failed: "is not a number"
};

struct FieldTrace {
  std::string_view source, target;
  bool personal = false;
  Value from;  ///< in the source
  std::vector<StepTrace> steps;
  std::optional<Value> result;  ///< none: the record is refused here, or the end hangs on what others answer
};

/// The chains of one row over MappingPlan::source_paths(), each to its end or to the first step that has to ask others.
/// Values live in the row, in the plan and in `memory`.
std::vector<FieldTrace> trace_row(const MappingPlan& plan, std::span<const Value> row, Arena& memory);

}  // namespace nexpo

// Step and Function: one link in the chain from a source value to a target value.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "base/arena.hpp"
#include "record/json_tokens.hpp"
#include "record/schema.hpp"
#include "record/value.hpp"
#include "transformer/expression/expression.hpp"
#include "transformer/mapping.hpp"
#include "transformer/params.hpp"

namespace nexpo {

/// What a step may use while it runs. One per page.
struct StepContext {
  Arena& arena;                   ///< for texts it makes
  std::span<const Value> source;  ///< the whole source row, for steps that look at other fields
  std::string scratch;            ///< kept between rows for its memory; a step may overwrite it
  JsonTokens tokens;              ///< for steps that look into JSON
  std::string fault;              ///< why the step failed: "is not a number"

  std::vector<Value> cells = {};                               ///< what an expression looks at, kept for its memory
  std::optional<ExpressionScratch> expression = std::nullopt;  ///< made by the first step that calculates
};

struct OutsideStep;  // transformer/outside_steps.hpp

/// A compiled step. `run` gets `params` back, and a cell that is present unless `runs_on_null`; false means that the
/// cell cannot be transformed, and the reason is in `context.fault`. Plain functions: nothing per record is virtual.
struct Step {
  using Run = bool (*)(const void* params, Value& cell, StepContext& context);

  std::string_view name;
  Run run = nullptr;
  std::shared_ptr<const void> params;
  std::shared_ptr<const OutsideStep> outside;  ///< set, and no `run`: the answer comes from elsewhere
  bool can_fail = false;
  bool runs_on_null = false;
  /// Turns what is known of the field before the step into what is known after it.
  std::function<void(FieldSchema& field)> describe = [](FieldSchema&) {};
  /// All texts it can give, if they are few and known: checked against the target's limits.
  std::vector<std::string> outcomes;
};

/// Makes a step from a function over typed parameters.
template <class P, bool (*run)(const P&, Value&, StepContext&)>
Step make_step(P params) {
  Step step;
  step.run = [](const void* erased, Value& cell, StepContext& context) {
    return run(*static_cast<const P*>(erased), cell, context);
  };
  step.params = std::make_shared<const P>(std::move(params));
  return step;
}

/// Gives the slot of a source path, and makes one if the plan has none yet.
using SlotOf = std::function<uint32_t(const std::string& path)>;

/// What a function gets when a mapping is compiled.
struct CompileContext {
  Params& params;  ///< has one key: the function's name
  const SlotOf& slot_of;
  Arena& memory;  ///< lives as long as the plan and all that it gave
  const MappingOptions& options;
};

/// A row of the table of functions.
struct Function {
  std::string_view name;
  std::optional<FieldType> output;  ///< type of what it gives; unset: Step::describe knows
  /// Reads `params` under the function's name and gives the step, or reports faults and gives a step without `run`.
  Step (*compile)(CompileContext& context, std::string_view name);
};

/// The function of that name, or null.
const Function* find_function(std::string_view name);
std::vector<std::string_view> function_names();

/// Families, one file each.
std::span<const Function> text_functions();
std::span<const Function> replace_functions();
std::span<const Function> template_functions();
std::span<const Function> case_functions();
std::span<const Function> length_functions();
std::span<const Function> list_functions();
std::span<const Function> number_functions();
std::span<const Function> date_functions();
std::span<const Function> boolean_functions();
std::span<const Function> mask_functions();
std::span<const Function> currency_functions();
std::span<const Function> contact_functions();

/// The step of a lookup in `table`, {from: to}, whose params have `ignoreCase?` and `otherwise?` too. `at`: the table's
/// place, for messages.
Step compile_table_lookup(CompileContext& context, const nlohmann::json& table, const std::string& at);

/// The step of a transformation of type `calculate`, whose params are `{expression}`.
Step compile_calculate(CompileContext& context);

/// `json` as a cell, its text kept in `memory`.
Value value_of(const nlohmann::json& json, Arena& memory);

}  // namespace nexpo

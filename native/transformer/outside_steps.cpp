#include "transformer/outside_steps.hpp"

namespace nexpo {
namespace {

constexpr int64_t kCacheSecondsMax = 86'400;

std::optional<Value> otherwise_of(CompileContext& context) {
  const nlohmann::json* otherwise = context.params.find("otherwise");
  return otherwise ? std::optional(value_of(*otherwise, context.memory)) : std::nullopt;
}

Step step_of(CompileContext& context, std::string_view name, OutsideStep outside) {
  outside.query.at = context.params.at();
  context.params.finish();
  Step step;
  step.name = name;
  step.can_fail = true;
  step.describe = [](FieldSchema& field) {
    field.type = FieldType::text;
    field.length_max.reset();
    field.precision.reset();
    field.scale.reset();
  };
  step.outside = std::make_shared<const OutsideStep>(std::move(outside));
  return step;
}

}  // namespace

Step compile_record_lookup(CompileContext& context) {
  Params& params = context.params;
  RecordQuery query;
  query.end = *params.find("from");
  if (!query.end.is_object() || query.end.contains("integration") == query.end.contains("type")) {
    params.faults().add(params.at("from"), "this must name a system",
                        "write {\"integration\": \"ID\"} or {\"type\": \"postgresql\", \"config\": {...}}");
  }
  query.object = params.required_text("object", "write the name of the object or table to look into");
  query.key = params.required_text("key", "write the field that is compared with the value");
  query.value = params.required_text("value", "write the field whose value is taken");
  if (const auto seconds = params.integer("cacheSeconds", 0, kCacheSecondsMax))
    query.keep = std::chrono::seconds(*seconds);
  if (const auto seconds = params.integer("missSeconds", 0, kCacheSecondsMax))
    query.keep_miss = std::chrono::seconds(*seconds);
  return step_of(context, "lookup", {{{}, std::move(query)}, otherwise_of(context)});
}

Step compile_link_lookup(CompileContext& context) {
  LinkQuery query{context.params.required_text("link", "write the id of the sync that keeps the records in step"),
                  context.options.back};
  Step step = step_of(context, "lookup", {{{}, std::move(query)}, otherwise_of(context)});
  step.can_fail = !step.outside->otherwise;
  return step;
}

Step compile_custom(CompileContext& context) {
  Params& params = context.params;
  FunctionQuery query;
  query.name = params.required_text("function", "write the name of a function that the host program registers");
  if (const nlohmann::json* options = params.find("options")) query.options = *options;
  const std::string at = params.at("function");
  if (!query.name.empty() && (!context.options.has_function || !context.options.has_function(query.name))) {
    params.faults().add(at, "the program around the engine has registered no function `" + query.name + "`",
                        "register it before the mapping is used: engine.register(name, function)");
  }
  return step_of(context, "custom", {{{}, std::move(query)}, {}});
}

}  // namespace nexpo

// lookup: a value to another one by a table that stands in the mapping.
#include <unordered_map>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <fmt/format.h>

#include "transformer/function.hpp"

namespace nexpo {
namespace {

constexpr size_t kEntriesMax = 100'000;

struct KeyHash {
  size_t operator()(std::string_view key) const { return XXH3_64bits(key.data(), key.size()); }
};

struct Table {
  std::unordered_map<std::string_view, Value, KeyHash> entries;
  std::optional<Value> otherwise;
  std::shared_ptr<const Step> fold;  ///< lower case, if case does not matter; else null
};

bool look_up(const Table& table, Value& cell, StepContext& context) {
  Value key = cell;
  if (table.fold) table.fold->run(table.fold->params.get(), key, context);
  const auto found = table.entries.find(key.view());
  if (found != table.entries.end()) {
    cell = found->second;
  } else if (table.otherwise) {
    cell = *table.otherwise;
  } else {
    context.fault = "is not in the table";
    return false;
  }
  return true;
}

FieldType type_of(const nlohmann::json& value) {
  if (value.is_boolean()) return FieldType::boolean;
  if (value.is_number_integer()) return FieldType::integer;
  if (value.is_number()) return FieldType::number;
  return value.is_structured() ? FieldType::json : FieldType::text;
}

// What all outcomes have in common: their type, or text if they differ; and their texts.
struct Outcomes {
  std::optional<FieldType> type;
  std::vector<std::string> texts;
  int length_max = 0;

  void add(const nlohmann::json& json, Value value) {
    if (json.is_null()) return;
    const FieldType one = type_of(json);
    const bool numbers = type && *type != one && (one == FieldType::number || one == FieldType::integer) &&
                         (*type == FieldType::number || *type == FieldType::integer);
    type = !type || *type == one ? one : numbers ? FieldType::number : FieldType::text;
    texts.emplace_back(value.view());
    length_max = std::max(length_max, static_cast<int>(value.view().size()));
  }
};

std::shared_ptr<const Step> lower_case_step(CompileContext& context) {
  const nlohmann::json json = {{"case", "lower"}};
  Params params(json, context.params.at(), context.params.faults());
  CompileContext inner{params, context.slot_of, context.memory};
  return std::make_shared<const Step>(find_function("case")->compile(inner, "case"));
}

}  // namespace

Step compile_lookup(CompileContext& context) {
  Params& params = context.params;
  Table table;
  Outcomes outcomes;
  if (params.flag("ignoreCase", false)) table.fold = lower_case_step(context);
  const nlohmann::json* entries = params.find("table");
  if (!entries || !entries->is_object() || entries->empty() || entries->size() > kEntriesMax) {
    params.faults().add(params.at("table"), fmt::format("this must be an object with 1 to {} members", kEntriesMax),
                        "write {\"from\": \"to\", ...}");
    return {};
  }
  StepContext run{context.memory, {}, {}, {}, {}};
  for (const auto& [from, to] : entries->items()) {
    Value key = Value::text(context.memory.copy(from));
    if (table.fold) table.fold->run(table.fold->params.get(), key, run);
    const Value value = value_of(to, context.memory);
    if (!table.entries.emplace(key.view(), value).second) {
      params.faults().add(params.at("table"), fmt::format("`{}` is there twice if case is ignored", from), "leave one out");
    }
    outcomes.add(to, value);
  }
  if (const nlohmann::json* otherwise = params.find("otherwise")) {
    table.otherwise = value_of(*otherwise, context.memory);
    outcomes.add(*otherwise, *table.otherwise);
  }
  params.finish();
  const bool can_fail = !table.otherwise.has_value();
  Step step = make_step<Table, look_up>(std::move(table));
  step.name = "lookup";
  step.can_fail = can_fail;
  step.outcomes = std::move(outcomes.texts);
  step.describe = [type = outcomes.type.value_or(FieldType::text), length = outcomes.length_max](FieldSchema& field) {
    field.type = type;
    field.length_max = type == FieldType::text ? std::optional<int>(length) : std::nullopt;
    field.precision.reset();
    field.scale.reset();
  };
  return step;
}

}  // namespace nexpo

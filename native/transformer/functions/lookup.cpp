// lookup: a value to another one by a table that is a part of the plan.
#include <bit>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <fmt/format.h>

#include "transformer/function.hpp"

namespace nexpo {
namespace {

constexpr size_t kEntriesMax = 100'000;

// Keys and values in one row of places, at most half of them taken; a key stands at the place its hash names or behind.
class Entries {
 public:
  explicit Entries(size_t count) : places_(std::bit_ceil(2 * count + 1)) {}

  /// False if the key is there already.
  bool add(std::string_view key, Value value) {
    Place& place = places_[index_of(key)];
    if (place.taken) return false;
    place = {hash_of(key), key, value, true};
    return true;
  }
  const Value* find(std::string_view key) const {
    const Place& place = places_[index_of(key)];
    return place.taken ? &place.value : nullptr;
  }

 private:
  struct Place {
    uint64_t hash = 0;
    std::string_view key;
    Value value;
    bool taken = false;
  };

  static uint64_t hash_of(std::string_view key) { return XXH3_64bits(key.data(), key.size()); }
  // Where the key stands, or where it would be put.
  size_t index_of(std::string_view key) const {
    const uint64_t hash = hash_of(key);
    size_t index = hash & (places_.size() - 1);
    while (places_[index].taken && (places_[index].hash != hash || places_[index].key != key)) {
      index = (index + 1) & (places_.size() - 1);
    }
    return index;
  }

  std::vector<Place> places_;
};

struct Table {
  Entries entries;
  std::optional<Value> otherwise;
  std::shared_ptr<const Step> fold;  ///< lower case, if case does not matter; else null
};

bool look_up(const Table& table, Value& cell, StepContext& context) {
  Value key = cell;
  if (table.fold) table.fold->run(table.fold->params.get(), key, context);
  if (const Value* found = table.entries.find(key.view())) {
    cell = *found;
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
  CompileContext inner{params, context.slot_of, context.memory, context.options};
  return std::make_shared<const Step>(find_function("case")->compile(inner, "case"));
}

}  // namespace

Step compile_table_lookup(CompileContext& context, const nlohmann::json& entries, const std::string& at) {
  Params& params = context.params;
  if (!entries.is_object() || entries.size() > kEntriesMax) {
    params.faults().add(at, fmt::format("this must be an object with at most {} members", kEntriesMax),
                        "write {\"from\": \"to\", ...}");
    return {};
  }
  Table table{Entries(entries.size()), {}, {}};
  if (params.flag("ignoreCase", false)) table.fold = lower_case_step(context);
  Outcomes outcomes;
  StepContext run{context.memory, {}, {}, {}, {}};
  for (const auto& [from, to] : entries.items()) {
    Value key = Value::text(context.memory.copy(from));
    if (table.fold) table.fold->run(table.fold->params.get(), key, run);
    const Value value = value_of(to, context.memory);
    if (!table.entries.add(key.view(), value)) {
      params.faults().add(at, fmt::format("`{}` is there twice if case is ignored", from), "leave one out");
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

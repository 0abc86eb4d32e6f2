#include "transformer/lookups.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace nexpo {
namespace {

void gather_tables(const nlohmann::json& json, std::vector<std::string>& ids) {
  if (!json.is_structured()) return;
  if (json.is_object() && json.value("type", nlohmann::json()) == "lookup") {
    const nlohmann::json params = json.value("params", nlohmann::json());
    const nlohmann::json stored = params.is_object() ? params.value("stored", nlohmann::json()) : nlohmann::json();
    if (stored.is_string()) ids.push_back(stored.get<std::string>());
  }
  for (const nlohmann::json& member : json) gather_tables(member, ids);
}

}  // namespace

Step compile_inline_lookup(CompileContext& context) {
  const nlohmann::json& table = *context.params.find("table");
  if (!table.is_object() || table.empty()) {
    context.params.faults().add(context.params.at("table"), "this must be an object with at least one member",
                                "write {\"from\": \"to\", ...}");
    return {};
  }
  return compile_table_lookup(context, table, context.params.at("table"));
}

Step compile_stored_lookup(CompileContext& context) {
  const std::string id = context.params.required_text("stored", "write the id of a stored table");
  if (id.empty()) return {};
  if (const nlohmann::json* table = find_table(context.options, id))
    return compile_table_lookup(context, *table, context.params.at("stored"));
  context.params.faults().add(context.params.at("stored"), fmt::format("there is no stored table `{}`", id),
                              "store it first, or correct the id");
  return {};
}

std::vector<std::string> stored_tables(const nlohmann::json& mapping) {
  std::vector<std::string> ids;
  gather_tables(mapping, ids);
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

const nlohmann::json* find_table(const MappingOptions& options, const std::string& id) {
  if (!options.tables) return nullptr;
  const auto found = options.tables->find(id);
  return found == options.tables->end() ? nullptr : &*found;
}

}  // namespace nexpo

#include "engine/mapping_needs.hpp"

#include <set>

#include "engine/integration.hpp"
#include "transformer/lookups.hpp"

namespace nexpo {
namespace {

using nlohmann::json;

/// Ids of integrations that lookups in the mapping read from.
void gather_integrations(const json& mapping, std::set<std::string>& ids) {
  if (!mapping.is_structured()) return;
  if (mapping.is_object()) {
    const json from = mapping.value("from", json());
    const json id = from.is_object() ? from.value("integration", json()) : json();
    if (id.is_string() && mapping.contains("object")) ids.insert(id.get<std::string>());
  }
  for (const json& member : mapping) gather_integrations(member, ids);
}

}  // namespace

Task<MappingNeeds> resolve_needs(Runtime& runtime, json mapping, std::string at, json detail, json given) {
  MappingNeeds needs;
  needs.tables = std::move(given);
  const std::vector<std::string> tables = stored_tables(mapping);
  for (const std::string& id : tables) {
    if (needs.tables.contains(id)) continue;
    const std::optional<Document> document = co_await runtime.store->document(kTableKind, id);
    if (!document) continue;
    const json body = json::parse(document->body, nullptr, false);
    needs.tables[id] = body.is_object() ? body.value("rows", json()) : json();
  }
  std::set<std::string> integrations;
  gather_integrations(mapping, integrations);
  for (const std::string& id : integrations) {
    EndSettings end;
    end.integration = id;
    needs.integrations[id] = co_await resolve_integration(runtime, std::move(end), at, detail);
  }
  co_return needs;
}

MappingOptions options_of(const Runtime& runtime, const MappingNeeds& needs, const json& validation) {
  MappingOptions options;
  options.tables = &needs.tables;
  options.has_function = [names = runtime.host_functions.names()](std::string_view name) {
    return names.contains(name);
  };
  if (!validation.is_null()) options.validation = &validation;
  return options;
}

}  // namespace nexpo

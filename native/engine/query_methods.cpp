#include "engine/query_methods.hpp"

#include <algorithm>

#include "connectors/registry.hpp"
#include "engine/report_json.hpp"
#include "engine/sync_file.hpp"
#include "store/plan_book.hpp"
#include "sync/kept_original.hpp"

namespace nexpo {

using nlohmann::json;

namespace {

json to_json(const Option& option) {
  json out{{"name", option.name},
           {"type", name_of(option.type)},
           {"required", option.required},
           {"secret", option.type == OptionType::secret},
           {"doc", option.help}};
  if (!option.fallback.empty()) out["default"] = fallback_of(option);
  if (!option.choices.empty()) out["choices"] = option.choices;
  if (option.max > option.min) out.update({{"min", option.min}, {"max", option.max}});
  return out;
}

int limit_of(const json& body, int fallback) { return std::clamp(body.value("limit", fallback), 1, kListLimitMax); }

}  // namespace

Task<json> list_runs(Runtime& runtime, json body) {
  const int64_t before = body.value("before", StateStore::kNewest);
  const std::vector<Run> runs = co_await runtime.store->runs(body.value("syncId", ""), before, limit_of(body, 20));
  json list = json::array();
  std::map<std::string, SyncState> states;
  for (const Run& run : runs) {
    if (!states.contains(run.sync_id)) states[run.sync_id] = co_await runtime.store->load(run.sync_id);
    const SyncState& state = states[run.sync_id];
    json one = to_json(run);
    one.update({{"linked", state.linked}, {"rejectedNow", state.rejected}});
    list.push_back(std::move(one));
  }
  co_return json{{"runs", std::move(list)}};
}

Task<json> list_rejected(Runtime& runtime, json body) {
  std::string sync_id = body.at("syncId").get<std::string>();
  std::string key_name = "sync/" + sync_id;
  const DataKeys::Key key = co_await runtime.data_keys->find(std::move(key_name));
  const std::vector<RejectedRecord> records = co_await runtime.store->rejected(
      std::move(sync_id), std::nullopt, false, body.value("after", int64_t{0}), limit_of(body, 100));
  json list = json::array();
  for (const RejectedRecord& record : records) {
    json one = to_json(record);
    const std::string_view sealed = KeptOriginal::parse(record.original).sealed;
    if (!sealed.empty()) one["personalData"] = key && key->open(sealed) ? "sealed" : "erased";
    list.push_back(std::move(one));
  }
  co_return json{{"records", std::move(list)}};
}

Task<json> forget_sync(Runtime& runtime, json body) {
  const SyncFile file = SyncFile::parse(body.at("file"));
  const Lease lease = co_await runtime.store->acquire(file.id);
  PlanBook plans(*runtime.store);
  co_await plans.forget_all_of(file.id);
  auto forgotten = co_await attempt(runtime.store->forget(lease));
  co_await runtime.store->release(lease);
  if (forgotten.index() == 1) throw std::get<1>(forgotten);
  co_return json::object();
}

Task<json> list_connectors(Runtime&, json) {
  json connectors = json::array();
  for (const ConnectorType* type : connector_types()) {
    json settings = json::array();
    for (const Option& option : type->spec.options) settings.push_back(to_json(option));
    connectors.push_back(
        {{"type", type->name}, {"reads", type->reads}, {"writes", type->writes}, {"settings", std::move(settings)}});
  }
  co_return json{{"connectors", std::move(connectors)}};
}

Task<json> engine_info(Runtime& runtime, json) {
  json connectors = json::array();
  for (const ConnectorType* type : connector_types()) connectors.push_back(type->name);
  co_return json{{"store", runtime.config.database_url.empty() ? "sqlite" : "postgresql"},
                 {"connectors", std::move(connectors)}};
}

}  // namespace nexpo

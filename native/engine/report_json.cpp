#include "engine/report_json.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "sync/kept_original.hpp"

namespace nexpo {

using nlohmann::json;

json to_json(const Counts& counts) {
  return {{"read", counts.read},           {"written", counts.written()},
          {"created", counts.created},     {"updated", counts.updated},
          {"deleted", counts.deleted},     {"unchanged", counts.unchanged},
          {"filtered", counts.filtered},   {"rejected", counts.rejected},
          {"in_review", counts.in_review}, {"superseded", counts.superseded}};
}

json to_json(const Error& error) {
  return {
      {"kind", name_of(error.kind())}, {"message", error.message()}, {"code", error.code()}, {"field", error.field()}};
}

json to_json(const Schema& schema) {
  json fields = json::array();
  for (const FieldSchema& field : schema.fields) {
    json one{{"name", field.name},           {"label", field.label},
             {"type", name_of(field.type)},  {"nativeType", field.native_type},
             {"nullable", field.nullable},   {"creatable", field.creatable},
             {"updatable", field.updatable}, {"required", field.required},
             {"unique", field.unique},       {"matchKey", field.unique},
             {"values", field.values},       {"refersTo", field.refers_to}};
    if (field.length_max) one["lengthMax"] = *field.length_max;
    if (field.precision) one["precision"] = *field.precision;
    if (field.scale) one["scale"] = *field.scale;
    fields.push_back(std::move(one));
  }
  return {{"object", schema.object},
          {"keyField", schema.key_field},
          {"versionField", schema.version_field},
          {"fields", fields}};
}

json to_json(const Run& run) {
  json out = to_json(run.counts);
  out.update({{"syncId", run.sync_id},
              {"runId", run.id},
              {"status", name_of(run.state)},
              {"mode", run.mode},
              {"pages", run.pages},
              {"planHash", run.plan_hash},
              {"startedAt", to_text(run.started_at)},
              {"error", run.error}});
  if (run.ended_at) out["endedAt"] = to_text(*run.ended_at);
  return out;
}

json to_json(const PreviewReport& report) {
  json out = to_json(report.counts);
  out["mode"] = report.mode;
  json differences = json::array();
  const auto shown = [](const std::optional<std::string>& text) { return text ? json(*text) : json(nullptr); };
  for (const RecordDifference& record : report.differences) {
    json fields = json::array();
    for (const FieldDifference& field : record.fields)
      fields.push_back({{"field", field.field}, {"from", shown(field.from)}, {"to", shown(field.to)}});
    differences.push_back({{"key", record.key}, {"action", record.action}, {"fields", std::move(fields)}});
  }
  out["differences"] = std::move(differences);
  return out;
}

json to_json(const RuleTally& rules) {
  json rows = json::array();
  for (const RuleTally::Row& row : rules.rows()) {
    json one{
        {"at", row.name.at}, {"rule", row.name.rule}, {"checked", row.count.checked}, {"failed", row.count.failed}};
    if (row.count.asked > 0) one["asked"] = row.count.asked;
    rows.push_back(std::move(one));
  }
  return rows;
}

json to_json(const RejectedRecord& record) {
  return {{"id", record.id},
          {"side", name_of(record.side)},
          {"sourceKey", record.source_key},
          {"code", record.reason.code},
          {"message", record.reason.message},
          {"field", record.reason.field},
          {"retryable", record.reason.retryable},
          {"attempts", record.attempts},
          {"firstAt", to_text(record.first_at)},
          {"lastAt", to_text(record.last_at)},
          {"original", json::parse(KeptOriginal::parse(record.original).plain, nullptr, false)}};
}

std::string to_text(Time time) {
  const auto millis = std::chrono::floor<Millis>(time).time_since_epoch().count();
  const std::time_t seconds = static_cast<std::time_t>(millis / 1000);
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(seconds), millis % 1000);
}

std::string dump(const json& value) { return value.dump(-1, ' ', false, json::error_handler_t::replace); }

}  // namespace nexpo

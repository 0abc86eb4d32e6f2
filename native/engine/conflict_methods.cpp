#include "engine/conflict_methods.hpp"

#include <limits>

#include <fmt/format.h>

#include "engine/audit_note.hpp"
#include "engine/call_body.hpp"
#include "engine/conflict_json.hpp"
#include "engine/decision_desk.hpp"

namespace nexpo {

using nlohmann::json;

namespace {

constexpr int64_t kIdMax = std::numeric_limits<int64_t>::max();

Task<Conflict> find_conflict(Runtime& runtime, int64_t id) {
  ConflictFilter filter;
  filter.after = id - 1;
  filter.limit = 1;
  std::vector<Conflict> found = co_await runtime.store->conflicts(std::move(filter));
  if (found.empty() || found[0].id != id) throw no_conflict(id);
  co_return std::move(found[0]);
}

/// What the audit log is told of a decision: which way, and no values.
json told(const Conflict& conflict, const json& decision) {
  json fields = decision.value("fields", json::object());
  for (json& one : fields)
    if (one.is_object()) one = "value";
  json detail{{"sync", conflict.sync_id}, {"kind", conflict.kind}};
  if (decision.contains("take")) detail["take"] = decision["take"];
  if (!fields.empty()) detail["fields"] = std::move(fields);
  return detail;
}

AuditNote note_of(const json& body, const char* action, const DecisionDesk& desk, std::string subject,
                  const json& detail) {
  AuditNote note = audit_note_or(body, action, std::move(subject));
  if (!body.contains("audit")) note.actor = desk.actor();
  note.detail = detail.dump();
  return note;
}

std::string subject_of(const Conflict& conflict) { return fmt::format("conflict/{}", conflict.id); }

}  // namespace

Task<json> list_conflicts(Runtime& runtime, json body) {
  ConflictFilter filter = conflict_filter_of(body);
  const auto limit = static_cast<size_t>(filter.limit++);
  const std::vector<Conflict> found =
      co_await runtime.store->conflicts(std::move(filter), CallBody(body).flag("newest"));
  json list = json::array();
  for (const Conflict& one : found)
    if (list.size() < limit) list.push_back(to_json(one));
  json answer{{"conflicts", std::move(list)}};
  if (found.size() > limit) answer["next"] = found[limit - 1].id;
  co_return answer;
}

Task<json> get_conflict(Runtime& runtime, json body) {
  const Conflict found = co_await find_conflict(runtime, CallBody(body).integer("id", 1, kIdMax));
  co_return json{{"conflict", to_json(found)}};
}

Task<json> decide_conflict(Runtime& runtime, json body) {
  const CallBody call(body);
  const Conflict found = co_await find_conflict(runtime, call.integer("id", 1, kIdMax));
  const json decision = decision_for(found, body);
  Conflict seen = found;
  seen.source_hash = call.text("sourceHash");
  seen.target_hash = call.text("targetHash");
  DecisionDesk desk(runtime, body);
  AuditNote note = note_of(body, "conflict.decide", desk, subject_of(found), told(found, decision));
  const Conflict now = co_await desk.decide(std::move(seen), decision.dump());
  (void)co_await runtime.store->add_audit(std::move(note), runtime.loop.now());
  co_return json{{"conflict", to_json(now)}};
}

Task<json> decide_many_conflicts(Runtime& runtime, json body) {
  const auto limit = CallBody(body).integer("limit", 1, kDecideManyMax, kDecideManyMax);
  const json given = body.value("filter", json::object());
  if (!given.is_object()) throw Error(ErrorKind::invalid, "filter: must be an object").with_field("filter");
  ConflictFilter filter = conflict_filter_of(given);
  filter.state = ConflictState::open;
  filter.limit = static_cast<int>(limit) + 1;
  std::vector<Conflict> found = co_await runtime.store->conflicts(std::move(filter));
  const bool more = found.size() > static_cast<size_t>(limit);
  if (more) found.pop_back();

  const json take{{"take", body.value("take", json())}};
  DecisionDesk desk(runtime, body);
  json results = json::array();
  int64_t decided = 0;
  for (const Conflict& one : found) {
    const json decision = decision_for(one, take);
    const std::optional<Error> moved = co_await desk.decide_unless_moved(one, decision.dump());
    json& result = results.emplace_back(json{{"id", one.id}, {"syncId", one.sync_id}, {"decided", !moved}});
    decided += moved ? 0 : 1;
    if (!moved) continue;
    result["code"] = moved->code();
    result["message"] = moved->message();
  }
  if (decided > 0) {
    const json detail{{"filter", given}, {"take", take["take"]}, {"decided", decided}};
    AuditNote note = note_of(body, "conflict.decide_many", desk, "conflict", detail);
    (void)co_await runtime.store->add_audit(std::move(note), runtime.loop.now());
  }
  const auto moved = static_cast<int64_t>(results.size()) - decided;
  co_return json{{"results", std::move(results)}, {"decided", decided}, {"moved", moved}, {"more", more}};
}

Task<json> undo_conflict(Runtime& runtime, json body) {
  const Conflict found = co_await find_conflict(runtime, CallBody(body).integer("id", 1, kIdMax));
  const bool carried_out = found.state != ConflictState::decided;
  if (!carried_out && json::parse(found.decision, nullptr, false).contains("undo"))
    throw Error(ErrorKind::conflict, fmt::format("conflict {} is being undone already", found.id))
        .with_code(kClosedCode);
  DecisionDesk desk(runtime, body);
  AuditNote note = note_of(body, "conflict.undo", desk, subject_of(found), told(found, json::object()));
  // One that was not carried out yet is open again.
  const std::string decision = carried_out ? json{{"undo", true}}.dump() : "";
  const Conflict now = co_await desk.decide(found, decision, carried_out);
  (void)co_await runtime.store->add_audit(std::move(note), runtime.loop.now());
  co_return json{{"conflict", to_json(now)}};
}

Task<json> count_conflicts(Runtime& runtime, json) {
  json counts = json::array();
  const std::vector<ConflictCount> found = co_await runtime.store->conflict_counts();
  for (const ConflictCount& one : found)
    counts.push_back({{"syncId", one.sync_id}, {"open", one.open}, {"decided", one.decided}});
  co_return json{{"counts", std::move(counts)}};
}

}  // namespace nexpo

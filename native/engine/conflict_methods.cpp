#include "engine/conflict_methods.hpp"

#include <limits>

#include <fmt/format.h>

#include "engine/audit_note.hpp"
#include "engine/call_body.hpp"
#include "engine/conflict_json.hpp"

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

std::string actor_of(const json& body) {
  std::string actor = CallBody(body).optional_text("actor").value_or("");
  check_plain_text(actor, "actor", kAuditTextLengthMax);
  return actor.empty() ? kEngineActor : actor;
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

AuditNote note_of(const json& body, const char* action, const Conflict& conflict, const json& decision) {
  AuditNote note = audit_note_or(body, action, fmt::format("conflict/{}", conflict.id));
  if (!body.contains("audit")) note.actor = actor_of(body);
  note.detail = told(conflict, decision).dump();
  return note;
}

PairStore::Decide decide_of(const Conflict& conflict, const json& decision, const json& body, Time now) {
  PairStore::Decide decide;
  decide.id = conflict.id;
  decide.source_hash = conflict.source_hash;
  decide.target_hash = conflict.target_hash;
  decide.decision = decision.dump();
  decide.actor = actor_of(body);
  decide.now = now;
  return decide;
}

Task<json> decided_answer(Runtime& runtime, PairStore::Decide decide, AuditNote note) {
  const Conflict now = co_await runtime.store->decide_conflict(std::move(decide));
  (void)co_await runtime.store->add_audit(std::move(note), runtime.loop.now());
  co_return json{{"conflict", to_json(now)}};
}

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
  PairStore::Decide decide = decide_of(found, decision, body, runtime.loop.now());
  decide.source_hash = call.text("sourceHash");
  decide.target_hash = call.text("targetHash");
  AuditNote note = note_of(body, "conflict.decide", found, decision);
  co_return co_await decided_answer(runtime, std::move(decide), std::move(note));
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
  json results = json::array();
  int64_t decided = 0;
  for (const Conflict& one : found) {
    const json decision = decision_for(one, take);
    PairStore::Decide decide = decide_of(one, decision, body, runtime.loop.now());
    auto done = co_await attempt(runtime.store->decide_conflict(std::move(decide)));
    json& result = results.emplace_back(json{{"id", one.id}, {"syncId", one.sync_id}, {"decided", done.index() == 0}});
    decided += done.index() == 0;
    if (done.index() == 0) continue;
    const Error& error = std::get<1>(done);
    if (error.kind() != ErrorKind::conflict && error.code() != kNoConflictCode) throw error;
    result["code"] = error.code();
    result["message"] = error.message();
  }
  if (decided > 0) {
    AuditNote note = audit_note_or(body, "conflict.decide_many", "conflict");
    if (!body.contains("audit")) note.actor = actor_of(body);
    note.detail = json{{"filter", given}, {"take", take["take"]}, {"decided", decided}}.dump();
    (void)co_await runtime.store->add_audit(std::move(note), runtime.loop.now());
  }
  const auto moved = static_cast<int64_t>(results.size()) - decided;
  co_return json{{"results", std::move(results)}, {"decided", decided}, {"moved", moved}, {"more", more}};
}

Task<json> undo_conflict(Runtime& runtime, json body) {
  const Conflict found = co_await find_conflict(runtime, CallBody(body).integer("id", 1, kIdMax));
  const json undo{{"undo", true}};
  PairStore::Decide decide = decide_of(found, undo, body, runtime.loop.now());
  if (found.state == ConflictState::decided) {
    if (json::parse(found.decision, nullptr, false).contains("undo"))
      throw Error(ErrorKind::conflict, fmt::format("conflict {} is being undone already", found.id))
          .with_code(kClosedCode);
    decide.decision.clear();  // it was not carried out yet: the item is open again
  } else {
    decide.undo = true;
  }
  AuditNote note = note_of(body, "conflict.undo", found, json::object());
  co_return co_await decided_answer(runtime, std::move(decide), std::move(note));
}

Task<json> count_conflicts(Runtime& runtime, json) {
  json counts = json::array();
  const std::vector<ConflictCount> found = co_await runtime.store->conflict_counts();
  for (const ConflictCount& one : found)
    counts.push_back({{"syncId", one.sync_id}, {"open", one.open}, {"decided", one.decided}});
  co_return json{{"counts", std::move(counts)}};
}

}  // namespace nexpo

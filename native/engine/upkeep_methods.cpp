#include "engine/upkeep_methods.hpp"

#include <limits>

#include <fmt/format.h>

#include "engine/audit_note.hpp"
#include "engine/call_body.hpp"
#include "engine/query_methods.hpp"
#include "store/plan_book.hpp"

namespace nexpo {

using nlohmann::json;

namespace {

constexpr int64_t kNumberMax = std::numeric_limits<int64_t>::max();

Time days_before(Time now, int64_t days) { return now - std::chrono::days(days); }

std::optional<Time> cut_of(const CallBody& call, const char* name, Time now) {
  const int64_t days = call.integer(name, 0, kRetentionDaysMax, -1);
  return days < 0 ? std::nullopt : std::optional(days_before(now, days));
}

RetentionCut read_cut(const json& body, Time now) {
  const CallBody call(body);
  RetentionCut cut;
  cut.runs = cut_of(call, "runsDays", now);
  cut.rejected = cut_of(call, "rejectedDays", now);
  cut.audit = cut_of(call, "auditDays", now);
  cut.conflicts = cut_of(call, "conflictsDays", now);
  cut.tombstones = cut_of(call, "tombstonesDays", now);
  for (const json& one : body.value("documents", json::array())) {
    if (!one.is_object())
      throw Error(ErrorKind::invalid, "documents: must be a list of {kind, days}").with_field("documents");
    const CallBody rule(one);
    cut.documents.emplace_back(rule.text("kind"), days_before(now, rule.integer("days", 0, kRetentionDaysMax)));
  }
  return cut;
}

}  // namespace

Task<json> add_audit(Runtime& runtime, json body) {
  AuditNote note = read_audit_note(body.value("note", json()), "note", "");
  const AuditEntry entry = co_await runtime.store->add_audit(std::move(note), runtime.loop.now());
  co_return json{{"entry", to_json(entry)}};
}

Task<json> list_audit(Runtime& runtime, json body) {
  const CallBody call(body);
  AuditFilter filter;
  const auto limit = static_cast<int>(call.integer("limit", 1, kListLimitMax, 100));
  filter.limit = limit + 1;
  filter.after = call.integer("after", 0, kNumberMax, 0);
  filter.subject = call.optional_text("subject").value_or("");
  filter.actor = call.optional_text("actor").value_or("");
  filter.action = call.optional_text("action").value_or("");
  const int64_t since = call.integer("since", 0, kNumberMax / 1000, 0);
  if (since > 0) filter.since = Time(Millis(since));
  std::vector<AuditEntry> found = co_await runtime.store->audit(std::move(filter));
  const bool more = found.size() > static_cast<size_t>(limit);
  if (more) found.pop_back();
  json entries = json::array();
  for (const AuditEntry& entry : found) entries.push_back(to_json(entry));
  json answer{{"entries", std::move(entries)}};
  if (more) answer["next"] = found.back().number;
  co_return answer;
}

Task<json> verify_audit(Runtime& runtime, json) {
  const AuditVerdict verdict = co_await runtime.store->verify_audit();
  json answer{{"ok", !verdict.broken_at}, {"entries", verdict.entries}};
  if (verdict.broken_at) answer["brokenAt"] = *verdict.broken_at;
  co_return answer;
}

Task<json> rotate_keys(Runtime& runtime, json body) {
  AuditNote note = audit_note_or(body, "keys.rotate", "keys");
  const DataKeys::Rewrapped done = co_await runtime.data_keys->rewrap_all();
  json answer{{"rewrapped", done.rewrapped}, {"current", done.current}};
  note.detail = answer.dump();
  (void)co_await runtime.store->add_audit(std::move(note), runtime.loop.now());
  co_return answer;
}

Task<json> erase_key(Runtime& runtime, json body) {
  std::string name = CallBody(body).text("name");
  AuditNote note = audit_note_or(body, "key.erase", name);
  const bool erased = co_await runtime.data_keys->erase(std::move(name), std::move(note), runtime.loop.now());
  co_return json{{"erased", erased}};
}

Task<json> apply_retention(Runtime& runtime, json body) {
  const Time now = runtime.loop.now();
  AuditNote note = audit_note_or(body, "retention.apply", "retention");
  PlanBook plans(*runtime.store);
  co_await plans.drop_over(now);
  const RetentionCounts gone = co_await runtime.store->apply_retention(read_cut(body, now), std::move(note), now);
  co_return json{{"runs", gone.runs},           {"rejected", gone.rejected},   {"audit", gone.audit},
                 {"documents", gone.documents}, {"conflicts", gone.conflicts}, {"tombstones", gone.tombstones}};
}

}  // namespace nexpo

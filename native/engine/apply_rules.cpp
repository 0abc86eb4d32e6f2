#include "engine/apply_rules.hpp"

#include <limits>

#include "engine/audit_note.hpp"
#include "engine/call_body.hpp"
#include "engine/conflict_methods.hpp"
#include "engine/decision_desk.hpp"
#include "engine/rule_judge.hpp"

namespace nexpo {

using nlohmann::json;

namespace {

constexpr const char* kLeftCode = "left";

/// The rules without what may hold values: expressions and separators.
json told_rules(const AskedRules& asked) {
  json rules = asked.policy.value("rules", json::object());
  for (json& rule : rules) {
    rule.erase("expression");
    rule.erase("separator");
  }
  json told{{"strategy", name_of(asked.strategy)}, {"rules", std::move(rules)}};
  for (const char* member : {"groups", "fallback", "deleteUpdate"})
    if (asked.policy.contains(member)) told[member] = asked.policy[member];
  return told;
}

Task<> note_application(Runtime& runtime, json body, std::string actor, json detail) {
  if (detail.dump().size() > kAuditDetailBytesMax) detail.erase("rules");
  AuditNote note = audit_note_or(body, "conflict.apply_rules", "conflict");
  if (!body.contains("audit")) note.actor = std::move(actor);
  note.detail = detail.dump();
  (void)co_await runtime.store->add_audit(std::move(note), runtime.loop.now());
}

}  // namespace

Task<json> apply_conflict_rules(Runtime& runtime, json body) {
  const CallBody call(body);
  ConflictFilter filter;
  filter.sync_id = call.text("syncId");
  filter.state = ConflictState::open;
  filter.after = call.integer("after", 0, std::numeric_limits<int64_t>::max(), 0);
  const auto limit = static_cast<size_t>(call.integer("limit", 1, kDecideManyMax, kDecideManyMax));
  const AskedRules asked = AskedRules::parse(body);
  DecisionDesk desk(runtime, body);
  const UnmaskedConflicts found = co_await unmasked_conflicts(runtime, std::move(filter), false, limit);
  RuleJudge judge(asked, asked.shape({&found.items}));

  json results = json::array();
  int64_t decided = 0, moved = 0;
  for (const UnmaskedConflict& one : found.items) {
    const bool settled = judge.settles(one);
    json result = judge.told();
    result["syncId"] = one.conflict.sync_id;
    if (settled) {
      const std::optional<Error> refusal = co_await desk.decide_unless_moved(one.conflict, judge.decision());
      ++(refusal ? moved : decided);
      if (refusal) result.update({{"code", refusal->code()}, {"message", refusal->message()}});
    } else {
      result.update({{"code", kLeftCode}, {"message", judge.reason()}});
    }
    result["decided"] = !result.contains("code");
    results.push_back(std::move(result));
  }

  const auto looked = static_cast<int64_t>(found.items.size());
  json answer{{"looked", looked}, {"decided", decided}, {"moved", moved}, {"left", looked - decided - moved}};
  if (decided > 0) {
    json detail = answer;
    detail["sync"] = found.items.front().conflict.sync_id;
    detail.update(told_rules(asked));
    co_await note_application(runtime, body, desk.actor(), std::move(detail));
  }
  answer["more"] = found.more;
  if (found.more) answer["after"] = found.items.back().conflict.id;
  answer["results"] = std::move(results);
  co_return answer;
}

}  // namespace nexpo

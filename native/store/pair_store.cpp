#include "store/pair_store.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "store/conflict_rules.hpp"

namespace nexpo {
namespace {

constexpr std::string_view kApplied = "applied";

}  // namespace

std::string_view name_of(Side side) { return side == Side::source ? "source" : "target"; }

std::string_view name_of(ConflictState state) {
  switch (state) {
    case ConflictState::open: return "open";
    case ConflictState::decided: return "decided";
    case ConflictState::closed: return "closed";
  }
  return "closed";
}

ConflictState parse_conflict_state(std::string_view name) {
  for (const ConflictState state : {ConflictState::open, ConflictState::decided, ConflictState::closed})
    if (name_of(state) == name) return state;
  throw Error(ErrorKind::invalid, fmt::format("\"{}\" is no state of a conflict: use open, decided or closed", name));
}

Error no_conflict(int64_t id) {
  return Error(ErrorKind::invalid, fmt::format("there is no conflict {}", id)).with_code(kNoConflictCode);
}

Conflict decided(Conflict kept, const PairStore::Decide& decide, bool waits) {
  const bool undo = decide.undo && kept.state == ConflictState::closed && kept.outcome == kApplied;
  if (decide.undo ? !undo : kept.state == ConflictState::closed)
    throw Error(ErrorKind::conflict,
                decide.undo
                    ? fmt::format("conflict {} has no decision that was carried out: there is nothing to undo", kept.id)
                    : fmt::format("conflict {} is over ({}): it takes no decision", kept.id, kept.outcome))
        .with_code(kClosedCode);
  if (undo && waits)
    throw Error(ErrorKind::conflict,
                fmt::format("the record of conflict {} has another conflict that waits: decide that one", kept.id))
        .with_code(kWaitingCode);
  if (kept.source_hash != decide.source_hash || kept.target_hash != decide.target_hash)
    throw Error(ErrorKind::conflict,
                fmt::format("the record of conflict {} has changed since: read it again and decide anew", kept.id))
        .with_code(kMovedCode);
  kept.state = decide.decision.empty() ? ConflictState::open : ConflictState::decided;
  kept.outcome.clear();
  kept.decision = decide.decision;
  kept.actor = decide.actor;
  kept.changed_at = decide.now;
  return kept;
}

Conflict conflict_to_keep(const ConflictWrite& write, const Commit& commit, int64_t pair, Time now) {
  const Pair& of = commit.pairs[write.place];
  Conflict one = write.conflict;
  one.pair = pair;
  one.key = of.key;
  one.source_key = of.source_key;
  one.target_key = of.target_key;
  one.run = commit.run_id;
  one.opened_at = one.changed_at = now;
  return one;
}

Conflict replaced(const Conflict& kept, Conflict next) {
  if (keeps_decision(kept, next)) {
    next.state = kept.state;
    next.decision = kept.decision;
    next.actor = kept.actor;
  }
  next.id = kept.id;
  next.run = kept.run;
  next.opened_at = kept.opened_at;
  return next;
}

FieldMarks marks_of(const std::string& field) {
  if (field.empty()) return {};
  const std::string quoted = nlohmann::json(field).dump();
  return {"[" + quoted, "," + quoted};
}

}  // namespace nexpo

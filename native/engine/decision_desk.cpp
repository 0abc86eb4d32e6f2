#include "engine/decision_desk.hpp"

#include <fmt/format.h>

#include "engine/audit_note.hpp"
#include "engine/call_body.hpp"
#include "engine/unmasked_conflicts.hpp"
#include "sync/conflict/kept_decision.hpp"

namespace nexpo {

DecisionDesk::DecisionDesk(Runtime& runtime, const nlohmann::json& body) : runtime_(runtime) {
  actor_ = CallBody(body).optional_text("actor").value_or("");
  check_plain_text(actor_, "actor", kAuditTextLengthMax);
  if (actor_.empty()) actor_ = kEngineActor;
}

Task<Conflict> DecisionDesk::decide(Conflict seen, std::string decision, bool undo) {
  PairStore::Decide decide;
  decide.id = seen.id;
  decide.source_hash = seen.source_hash;
  decide.target_hash = seen.target_hash;
  decide.actor = actor_;
  decide.undo = undo;
  decide.now = runtime_.loop.now();
  decide.decision = std::move(decision);
  if (!seen.sealed.empty() && gives_values(decide.decision)) {
    const DataKeys::Key key = co_await data_key_of_sync(runtime_, seen.sync_id);
    if (!key)
      throw Error(ErrorKind::invalid,
                  fmt::format("conflict {} takes no values: the key of its personal data was erased", seen.id))
          .with_code(kKeyErasedCode);
    decide.decision = seal_decision(decide.decision, *key);
  }
  co_return co_await runtime_.store->decide_conflict(std::move(decide));
}

Task<std::optional<Error>> DecisionDesk::decide_unless_moved(Conflict seen, std::string decision) {
  auto done = co_await attempt(decide(std::move(seen), std::move(decision)));
  if (done.index() == 0) co_return std::nullopt;
  const Error& error = std::get<1>(done);
  if (error.kind() != ErrorKind::conflict && error.code() != kNoConflictCode) throw error;
  co_return error;
}

}  // namespace nexpo

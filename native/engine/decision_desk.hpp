// DecisionDesk: puts decisions about conflicts into the state.
#pragma once

#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "engine/runtime.hpp"

namespace nexpo {

/// The decisions of one call, all in the name of its `actor`.
class DecisionDesk {
 public:
  /// Borrows the runtime. Throws Error{invalid} for an actor that is none.
  DecisionDesk(Runtime& runtime, const nlohmann::json& body);

  const std::string& actor() const { return actor_; }

  /// Decides `seen`, of whose hashes the decision was made, if it still has them. `decision` is the text of
  /// Conflict::decision; values that it gives for personal data are sealed. Empty: the conflict is open again; with
  /// `undo`, one that was carried out is to be undone. Throws as PairStore::decide_conflict, and Error{invalid} with
  /// kKeyErasedCode.
  Task<Conflict> decide(Conflict seen, std::string decision, bool undo = false);
  /// As decide(). The error if it has moved, was closed or is gone meanwhile; whatever else goes wrong is thrown.
  Task<std::optional<Error>> decide_unless_moved(Conflict seen, std::string decision);

 private:
  Runtime& runtime_;
  std::string actor_;
};

}  // namespace nexpo

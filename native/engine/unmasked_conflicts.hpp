// Unmasked conflicts: what a sync holds, with its personal values, for those who judge it. Never for an answer.
#pragma once

#include <string>
#include <vector>

#include "engine/runtime.hpp"

namespace nexpo {

struct UnmaskedConflict {
  Conflict conflict;
  std::string body;      ///< as Conflict::body, with the personal values
  std::string decision;  ///< as Conflict::decision, with the values that it gives; empty: none, or erased
  bool erased = false;   ///< its personal values cannot be read any more; `body` is masked
};

struct UnmaskedConflicts {
  std::vector<UnmaskedConflict> items;
  bool more = false;  ///< there are further ones
};

/// Those that `filter`, which names a sync, fits: in order of id or newest first, as PairStore::conflicts gives them,
/// and at most `max`. `filter.limit` is not looked at.
Task<UnmaskedConflicts> unmasked_conflicts(Runtime& runtime, ConflictFilter filter, bool newest, size_t max);

/// The data key of a sync, or null.
Task<DataKeys::Key> data_key_of_sync(Runtime& runtime, std::string sync_id);

}  // namespace nexpo

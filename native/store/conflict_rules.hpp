// What all stores do alike with conflicts. Private to store/.
#pragma once

#include <string>

#include "store/store.hpp"

namespace nexpo {

/// Throws Error{invalid} for a word that no version of the store has written.
ConflictState parse_conflict_state(std::string_view name);

/// `kept` with the decision, or the error that decide_conflict() throws. `waits`: the pair has another conflict that
/// is not closed.
Conflict decided(Conflict kept, const PairStore::Decide& decide, bool waits);

/// The conflict of a commit with what is the store's: its pair's keys, its run, its times.
Conflict conflict_to_keep(const ConflictWrite& write, const Commit& commit, int64_t pair, Time now);

/// True: a person decided `kept` while the page that writes `next` was under way, on values that still are the same.
/// The decision stays.
inline bool keeps_decision(const Conflict& kept, const Conflict& next) {
  return kept.state == ConflictState::decided && next.state == ConflictState::open &&
         kept.source_hash == next.source_hash && kept.target_hash == next.target_hash;
}

/// What stands in the place of `kept` afterwards.
Conflict replaced(const Conflict& kept, Conflict next);

/// A field's name as it stands in Conflict::fields, first or later. A quote that belongs to a name has a backslash
/// before it, so these texts are found nowhere else. Empty for no field.
struct FieldMarks {
  std::string first, later;
};
FieldMarks marks_of(const std::string& field);

}  // namespace nexpo

// decide: what happens to each mapped record of a page. Pure: same input, same decisions.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "record/fingerprint.hpp"
#include "record/page.hpp"
#include "store/store.hpp"
#include "sync/policy.hpp"

namespace nexpo {

enum class Action : uint8_t {
  write,      ///< upsert into the target
  remove,     ///< delete in the target, soft or hard
  unlink,     ///< forget the link, leave the target
  unchanged,  ///< same as at the last agreement, or a deletion of what was never linked
  adopt,      ///< the target has these very values already: link, no write
  yield,      ///< the target's value wins: link, no write
  filter,     ///< left out by policy
  supersede,  ///< a later row of the page is about the same record
  collide,    ///< another record of the source has the same target key
};

/// One per mapped row. `changes_linked` is what the circuit breaker counts.
struct Decision {
  Action action = Action::write;
  bool changes_linked = false;
};

/// A record of the target, by its key: the fingerprint of its current values over the mapped fields.
using CurrentFingerprints = std::unordered_map<std::string, Fingerprint>;

struct DecideInput {
  const RecordBatch& mapped;                      ///< rows over the target fields
  const std::vector<Fingerprint>& fingerprints;   ///< one per mapped row
  const std::vector<std::optional<Link>>& links;  ///< one per mapped row
  const CurrentFingerprints* current = nullptr;   ///< needed by target_wins for every row that `needs_current`
  size_t key_slot = 0;                            ///< the slot records are matched by
  const std::vector<std::optional<std::string>>* holders = nullptr;  ///< see holders_of(); null: nobody holds a key
};

/// Rows whose decision depends on what the target holds now: indexes into the mapped batch.
std::vector<size_t> needs_current(Strategy strategy, const DecideInput& input);

std::vector<Decision> decide(Strategy strategy, DeletePolicy deletes, const DecideInput& input);

}  // namespace nexpo

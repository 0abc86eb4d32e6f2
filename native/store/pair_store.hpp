// PairStore: what a reconciling sync knows of the records that it keeps in step, and of their conflicts.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/task.hpp"
#include "store/lease.hpp"

namespace nexpo {

enum class Side : uint8_t { source, target };
constexpr Side other(Side side) { return side == Side::source ? Side::target : Side::source; }
std::string_view name_of(Side side);

/// One record that exists in two systems, or did, or is about to.
struct Pair {
  int64_t id = 0;                              ///< 0: not kept yet; the store numbers it
  std::string key;                             ///< the value that the two were matched by
  std::string source_key, target_key;          ///< identities; empty: that side has no record yet, or no more
  std::string source_version, target_version;  ///< change stamps of what was last seen or written: the write ledger
  std::string state;                           ///< base and shadows, opaque here; sealed if they hold personal data
  bool buried = false;                         ///< a tombstone: the record was deleted, and is not to come back
  bool held = false;                           ///< it has an open or decided conflict
  uint8_t doubt = 0;                           ///< bit of each Side that a page may have written without a commit

  std::string& key_of(Side side) { return side == Side::source ? source_key : target_key; }
  const std::string& key_of(Side side) const { return side == Side::source ? source_key : target_key; }
  std::string& version_of(Side side) { return side == Side::source ? source_version : target_version; }
  const std::string& version_of(Side side) const { return side == Side::source ? source_version : target_version; }
  bool in_doubt(Side side) const { return (doubt & (1U << static_cast<unsigned>(side))) != 0; }
  void set_doubt(Side side) { doubt = static_cast<uint8_t>(doubt | (1U << static_cast<unsigned>(side))); }
  /// Both systems have it: what the circuit breaker counts as linked.
  bool linked() const { return !buried && !source_key.empty() && !target_key.empty(); }
  friend bool operator==(const Pair&, const Pair&) = default;
};

enum class ConflictState : uint8_t {
  open,     ///< waits for a decision
  decided,  ///< has one, which the next run carries out if neither side has moved since
  closed,   ///< history: Conflict::outcome says how it ended
};
std::string_view name_of(ConflictState state);

/// A conflict with all that is needed to decide it, and what became of it. A pair has at most one that is not closed.
struct Conflict {
  int64_t id = 0;
  std::string sync_id;
  int64_t pair = 0;
  std::string key, source_key, target_key;  ///< as the pair had them
  std::string kind;  ///< both_differ, create_create, delete_update, unique_violation, missing_parent, ...
  ConflictState state = ConflictState::open;
  /// Of closed ones: "applied" (a decision), "settled" (a rule or strategy, without a person), "gone" (the sides came
  /// together, or moved, by themselves), "undone".
  std::string outcome;
  std::string fields;                    ///< names of the fields in conflict, as a JSON array without spaces
  std::string body;                      ///< JSON: sync/conflict/conflict_body.hpp; personal values are masked
  std::string sealed;                    ///< the same with the personal values, sealed; empty: there are none
  std::string source_hash, target_hash;  ///< of both sides' mapped values: a decision carries them
  std::string decision;                  ///< JSON, empty while there is none
  std::string actor;                     ///< who decided
  int64_t run = 0;                       ///< that opened it
  Time opened_at{}, changed_at{};
};

/// Part of a Commit. The conflict belongs to Commit::pairs[place]; sync, keys, run and times are the store's.
struct ConflictWrite {
  size_t place = 0;
  /// With the id of a conflict: replaces it. Without: it is a new one; if the pair has one that is not closed and this
  /// one is not closed either, that one is replaced. What is replaced keeps its id, run and opened_at, and a decision
  /// that was made meanwhile: an open conflict does not replace a decided one of the same hashes, but its body.
  Conflict conflict;
};

/// Of conflicts; empty members do not filter.
struct ConflictFilter {
  std::string sync_id;
  std::optional<ConflictState> state;
  std::string outcome, kind, field, key;  ///< `key`: of the pair, or of either side
  int64_t pair = 0;
  int64_t after = 0;  ///< numbers above this one
  int limit = 100;
};

struct ConflictCount {
  std::string sync_id;
  int64_t open = 0, decided = 0;
};

enum class PairBy : uint8_t {
  source,  ///< by source_key, tombstones included
  target,  ///< by target_key, tombstones included
  match,   ///< by key, tombstones left out; the oldest if there are several
};

constexpr const char* kMovedCode = "moved";      ///< Error::code(): a side is not what it was when one decided
constexpr const char* kClosedCode = "closed";    ///< the conflict is over
constexpr const char* kWaitingCode = "waiting";  ///< the record has another conflict, which comes first
constexpr const char* kNoConflictCode = "not_found";

Error no_conflict(int64_t id);

class PairStore {
 public:
  virtual ~PairStore() = default;

  /// In the order of `keys`; nullopt where there is none.
  virtual Task<std::vector<std::optional<Pair>>> pairs(std::string sync_id, PairBy by,
                                                       std::vector<std::string_view> keys) = 0;
  /// Before the first effect of a page: keeps these pairs as they are given, with their doubts, in one transaction. A
  /// crash then leaves behind which records may have been written. `history` are closed conflicts of theirs: what is
  /// about to be overwritten. Gives the pairs' ids, in order. Throws Error{conflict} if the lease's epoch is old.
  virtual Task<std::vector<int64_t>> announce(Lease lease, std::vector<Pair> pairs,
                                              std::vector<ConflictWrite> history) = 0;
  /// Linked pairs whose record on `side` the run has not marked as seen (Commit::seen, Commit::seen_target), at most
  /// `limit`, in order of id, after `after`.
  virtual Task<std::vector<Pair>> unseen_pairs(std::string sync_id, int64_t run_id, Side side, int64_t after,
                                               int limit) = 0;
  /// Pairs by id, in order of id; missing ones left out.
  virtual Task<std::vector<Pair>> pairs_by_id(std::string sync_id, std::vector<int64_t> ids) = 0;

  /// In order of id. With `newest` set: newest first, and `after` means numbers below it (0: all).
  virtual Task<std::vector<Conflict>> conflicts(ConflictFilter filter, bool newest = false) = 0;
  /// How many wait and how many are decided, of syncs that have any.
  virtual Task<std::vector<ConflictCount>> conflict_counts() = 0;
  /// Puts an open or decided conflict to `decided`, if the hashes are still those of the item, or back to `open` if the
  /// decision is empty; an applied one too, if the decision is an undo (`undo`), and its pair is held again. Gives it
  /// as it is afterwards. Throws Error{conflict}
  /// with kMovedCode, kClosedCode or kWaitingCode, Error{invalid} with kNoConflictCode.
  struct Decide {
    int64_t id = 0;
    std::string source_hash, target_hash;
    std::string decision;
    std::string actor;
    bool undo = false;
    Time now{};
  };
  virtual Task<Conflict> decide_conflict(Decide decide) = 0;
};

}  // namespace nexpo

// SimDisk: what a simulated store keeps.
#pragma once

#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>

#include "store/conflict_rules.hpp"
#include "store/store.hpp"

namespace nexpo {

/// What is on the disk. Outlives the process that is killed.
struct SimDisk {
  struct StoredLink {
    Link link;
    int64_t seen = 0;
  };
  int64_t epoch = 0;
  int64_t next_run = 1;
  Cursor cursor;
  std::optional<Run> last;
  std::map<std::string, StoredLink> links;
  std::map<std::string, RejectedRecord> rejected;
  std::map<std::string, int64_t> rejected_by;  ///< run that rejected it last
  int64_t next_rejected = 1;
  std::map<std::string, RejectedRecord> rejected_target;  ///< of the other side, in syncs that reconcile
  std::map<std::string, int64_t> rejected_target_by;
  std::map<int64_t, Pair> pairs;
  int64_t next_pair = 1;
  int64_t pairs_linked = 0;
  std::map<int64_t, Conflict> conflicts;
  int64_t next_conflict = 1;
  std::map<std::pair<Side, std::string>, int64_t> pair_seen;  ///< run that marked the key
  std::map<int64_t, std::map<std::string, Link>> intents;
  int64_t next_intent = 1;

  std::map<std::string, RejectedRecord>& rejected_of(Side side) {
    return side == Side::source ? rejected : rejected_target;
  }
  std::map<std::string, int64_t>& rejected_by_of(Side side) {
    return side == Side::source ? rejected_by : rejected_target_by;
  }

  int64_t keep(Pair pair) {
    if (pair.id == 0) pair.id = next_pair++;
    pairs[pair.id] = pair;
    return pair.id;
  }
  /// A record belongs to one pair, whatever a page does.
  void check_pairs() const {
    std::set<std::pair<Side, std::string>> keys;
    for (const auto& [id, pair] : pairs)
      for (const Side side : {Side::source, Side::target})
        if (!pair.buried && !pair.key_of(side).empty() && !keys.emplace(side, pair.key_of(side)).second)
          throw std::logic_error("two living pairs have one record: " + pair.key_of(side));
  }
  Conflict* waiting(int64_t pair) {
    for (auto& [id, one] : conflicts)
      if (one.pair == pair && one.state != ConflictState::closed) return &one;
    return nullptr;
  }
  void keep(Conflict next) {
    Conflict* kept = nullptr;
    if (next.id != 0) {
      const auto place = conflicts.find(next.id);
      if (place == conflicts.end()) return;
      kept = &place->second;
    } else if (next.state != ConflictState::closed) {
      kept = waiting(next.pair);
    }
    if (kept) {
      *kept = replaced(*kept, std::move(next));
    } else {
      next.id = next_conflict++;
      conflicts[next.id] = std::move(next);
    }
  }

  void recover() {
    for (const auto& [id, page] : intents) {
      for (const auto& [key, intended] : page) {
        Link& link =
            links.try_emplace(key, StoredLink{{intended.target_key, {}, {}, {}, intended.claim}, 0}).first->second.link;
        link.pending = intended.fingerprint;
        if (!intended.shadow.empty()) link.shadow = intended.shadow;
      }
    }
    intents.clear();
  }
};

}  // namespace nexpo

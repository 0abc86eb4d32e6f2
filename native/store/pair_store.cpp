#include "store/pair_store.hpp"

#include "base/error.hpp"

namespace nexpo {
namespace {

Error no_pairs() { return Error(ErrorKind::internal, "this store keeps no pairs"); }

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

Task<std::vector<std::optional<Pair>>> PairStore::pairs(std::string, PairBy, std::vector<std::string_view>) {
  throw no_pairs();
}
Task<std::vector<int64_t>> PairStore::announce(Lease, std::vector<Pair>) { throw no_pairs(); }
Task<std::vector<Pair>> PairStore::unseen_pairs(std::string, int64_t, Side, int64_t, int) { throw no_pairs(); }
Task<std::vector<Pair>> PairStore::pairs_by_id(std::string, std::vector<int64_t>) { throw no_pairs(); }
Task<std::vector<Conflict>> PairStore::conflicts(ConflictFilter, bool) { throw no_pairs(); }
Task<Conflict> PairStore::decide_conflict(Decide) { throw no_pairs(); }
Task<int64_t> PairStore::drop_conflicts(Time) { throw no_pairs(); }
Task<int64_t> PairStore::drop_tombstones(Time) { throw no_pairs(); }

}  // namespace nexpo

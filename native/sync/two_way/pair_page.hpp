// PairPage: a page of one side, with the pairs and the other side's records that belong to it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sync/conflict/conflict_body.hpp"
#include "sync/conflict/pair_state.hpp"
#include "sync/two_way/pair_sides.hpp"

namespace nexpo {

/// One record that was read, or is gone, and all that is known of its counterpart.
struct Touched {
  size_t row = 0;      ///< in PairPage::own
  Pair pair;           ///< id 0: not kept yet
  std::string packed;  ///< what `state` views
  PairState state;
  bool adopted = false;              ///< one of its identities was found just now, by the key
  std::optional<size_t> other;       ///< row in PairPage::others: the counterpart exists
  std::optional<Conflict> conflict;  ///< of the pair, open or decided
  std::optional<Rejection> refused;  ///< the counterpart is there and cannot be mapped
  std::string ambiguous;             ///< why it cannot be matched; empty: it can
  bool echo = false;                 ///< its version is the one that we know: nothing to do
};

struct PairPage {
  Side side = Side::source;
  SideRows own, others;
  std::vector<Touched> touched;
  uint64_t superseded = 0;  ///< rows that a later one of the page replaces
};

/// Finds pairs and counterparts of a page. Reads both the store and the other system, page-wise.
class PairMatcher {
 public:
  PairMatcher(const PassContext& context, const SyncPlan& plan, const PairSides& sides, const PairState::Fields& fields)
      : context_(context), plan_(plan), sides_(sides), fields_(fields) {}

  /// `skip_known`: a record whose version is the one of the write ledger is an echo and is not looked at.
  Task<PairPage> match(Side side, SideRows own, bool skip_known) const;

 private:
  void touch_rows(PairPage& page) const;
  Task<> find_pairs(PairPage& page, bool skip_known) const;
  Task<> leave_several(PairPage& page) const;
  Task<> find_others(PairPage& page) const;
  void forget_waiting(Touched& one, Side across) const;
  Task<> adopt_by_match(PairPage& page) const;
  Task<> find_conflicts(PairPage& page) const;

  const PassContext& context_;
  const SyncPlan& plan_;
  const PairSides& sides_;
  const PairState::Fields& fields_;
};

/// Pair::state of a state, and back. Sealed if the mapping marks personal data.
std::string packed_state(const PairState& state, const PairState::Fields& fields, const PersonalData* personal);
/// `packed` gets the bytes that `state` views. A state whose key was erased is not known any more.
void open_state(std::string_view kept, const PairState::Fields& fields, const PersonalData* personal,
                std::string& packed, PairState& state);

}  // namespace nexpo

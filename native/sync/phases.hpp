// Phases: where the time of a run goes.
#pragma once

#include "base/clock.hpp"

namespace nexpo {

/// Time that pages spent in each phase, waiting included, over one run in this process. Pages overlap, so the sum may
/// be more than the run took. Measured once a page.
struct Phases {
  std::chrono::microseconds fetch{};   ///< until the source had given the page
  std::chrono::microseconds map{};     ///< mapping and fingerprints
  std::chrono::microseconds decide{};  ///< links, the target's values where needed, decisions
  std::chrono::microseconds write{};   ///< until the target had answered
  std::chrono::microseconds commit{};  ///< intents and the page's transaction in the state
};

/// Adds its own lifetime to one phase, also when it ends with an exception. What it borrows outlives it.
class PhaseTimer {
 public:
  PhaseTimer(const Clock& clock, Phases* phases, std::chrono::microseconds Phases::*phase)
      : clock_(clock), phases_(phases), phase_(phase), begin_(clock.steady()) {}
  ~PhaseTimer() {
    if (phases_) phases_->*phase_ += clock_.steady() - begin_;
  }
  PhaseTimer(const PhaseTimer&) = delete;

 private:
  const Clock& clock_;
  Phases* phases_;
  std::chrono::microseconds Phases::*phase_;
  Steady begin_;
};

}  // namespace nexpo

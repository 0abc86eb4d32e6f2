// CircuitBreaker: stops a run that would delete or change far more than usual, and asks.
#pragma once

#include <algorithm>
#include <cstdint>

#include <fmt/format.h>

#include "base/error.hpp"

namespace nexpo {

struct BreakerLimits {
  int64_t records_min = 50;  ///< so many are always allowed
  int percent = 5;           ///< of the linked records
  bool approved = false;     ///< a person allowed this run to go beyond
};

/// Counts deletions and changes of linked records over one run.
class CircuitBreaker {
 public:
  CircuitBreaker(BreakerLimits limits, int64_t linked, int64_t changed)
      : limits_(limits), linked_(linked), changed_(changed) {}

  /// Before the write of a page that changes `count` linked records. Throws Error{conflict} with code "breaker".
  void pass(int64_t count) {
    const int64_t limit = std::max(limits_.records_min, linked_ * limits_.percent / 100);
    if (!limits_.approved && changed_ + count > limit)
      throw Error(ErrorKind::conflict,
                  fmt::format("held: this run would delete or change {} or more of {} linked records, the limit is {}; "
                              "look at the plan, then run again with approval if this is what you want",
                              changed_ + count, linked_, limit))
          .with_code("breaker");
    changed_ += count;
  }
  void linked_more(int64_t count) { linked_ += count; }

 private:
  BreakerLimits limits_;
  int64_t linked_;
  int64_t changed_;
};

}  // namespace nexpo

// Retry of a whole page step: for what the HTTP layer cannot repeat (a streamed body that was cut, a database that
// restarted). A step is repeated only while its error says that a repeat may help.
#pragma once

#include <algorithm>
#include <cstdint>

#include "base/clock.hpp"

namespace nexpo {

struct RetryPolicy {
  int attempts_max = 6;
  Millis delay_min{250};
  Millis delay_max{30'000};
  /// A longer wish of the other side ends the run; it resumes at the next start.
  Millis retry_after_max{15 * 60'000};
};

/// Runs `step()` (makes a Task<T>) until it succeeds. Rethrows the last error when attempts are used up.
template <class Step>
auto with_retry(Clock& clock, RetryPolicy policy, CancelToken cancel, Step& step) -> decltype(step()) {
  for (int attempt_no = 1;; ++attempt_no) {
    auto result = co_await attempt(step());
    if (result.index() == 0) {
      if constexpr (std::is_same_v<decltype(step()), Task<void>>)
        co_return;
      else
        co_return std::get<0>(std::move(result));
    }
    const Error& error = std::get<1>(result);
    if (!error.retryable() || attempt_no >= policy.attempts_max) throw error;
    const Millis backoff = std::min(policy.delay_max, policy.delay_min * (int64_t{1} << std::min(attempt_no - 1, 16)));
    const Millis wait = std::max(error.retry_after().value_or(Millis{0}), backoff);
    if (wait > policy.retry_after_max) throw error;
    co_await clock.sleep(wait, cancel);
  }
}

}  // namespace nexpo

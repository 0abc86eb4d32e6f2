#include "http/rate_limited.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace nexpo::http {
namespace {

constexpr int kBurstDivisor = 10;

int burst_of(int limit) { return std::max(1, limit / kBurstDivisor); }

std::optional<TokenBucket> bucket(int limit, std::chrono::microseconds period) {
  if (limit <= 0) return {};
  return TokenBucket(limit, period);
}

}  // namespace

TokenBucket::TokenBucket(int limit, std::chrono::microseconds period)
    : interval_(period / std::max(1, limit - burst_of(limit)) + std::chrono::microseconds(1)),
      burst_(interval_ * (burst_of(limit) - 1)) {}

Steady TokenBucket::take(Steady now) {
  const Steady when = std::max(now, due_ - burst_);
  due_ = std::max(due_, now) + interval_;
  return when;
}

RateLimited::RateLimited(Client& next, Clock& clock, RateLimit limit)
    : next_(next),
      clock_(clock),
      minute_(bucket(limit.per_minute, std::chrono::minutes(1))),
      hour_(bucket(limit.per_hour, std::chrono::hours(1))),
      in_flight_(limit.concurrent_max > 0 ? limit.concurrent_max : std::numeric_limits<int>::max()) {}

Task<Response> RateLimited::send(Request request) {
  const Semaphore::Permit permit = co_await in_flight_.acquire(request.cancel);
  Steady when = clock_.steady();
  if (minute_) when = std::max(when, minute_->take(clock_.steady()));
  if (hour_) when = std::max(when, hour_->take(clock_.steady()));
  const Millis wait = std::chrono::ceil<Millis>(when - clock_.steady());
  if (wait > Millis::zero()) co_await clock_.sleep(wait, request.cancel);
  co_return co_await next_.send(std::move(request));
}

}  // namespace nexpo::http

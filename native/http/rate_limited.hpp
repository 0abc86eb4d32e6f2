// RateLimited: the layer that keeps within a system's limits on calls.
#pragma once

#include <optional>

#include "base/clock.hpp"
#include "base/started.hpp"
#include "http/client.hpp"

namespace nexpo::http {

/// Zero means no such limit.
struct RateLimit {
  int per_minute = 0;
  int per_hour = 0;
  int concurrent_max = 0;  ///< requests in flight; a streamed one counts until its body begins
};

/// A token bucket in its clock form: it remembers when the next token is due. A tenth of the limit may go at once,
/// the rest is spread over the period, so that no period, wherever it begins, sees more than the limit.
class TokenBucket {
 public:
  TokenBucket(int limit, std::chrono::microseconds period);
  /// Takes a token and says when it may be used: now or later.
  Steady take(Steady now);

 private:
  std::chrono::microseconds interval_;  ///< between two tokens
  std::chrono::microseconds burst_;     ///< how far ahead of their time tokens may be used
  Steady due_{};
};

/// Lets requests through in the order they came, when the limits allow. A wait ends at once when the request is
/// cancelled; its token is lost then.
class RateLimited final : public Client {
 public:
  RateLimited(Client& next, Clock& clock, RateLimit limit);

  Task<Response> send(Request request) override;

 private:
  Client& next_;
  Clock& clock_;
  std::optional<TokenBucket> minute_;
  std::optional<TokenBucket> hour_;
  Semaphore in_flight_;
};

}  // namespace nexpo::http

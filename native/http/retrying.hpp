// Retrying: the layer that repeats what may succeed later.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <random>

#include "base/clock.hpp"
#include "http/client.hpp"

namespace nexpo::http {

/// The connector's judgement of an answer: an Error if it is a failure, nothing if it is an answer to pass on.
/// An Error that says outcome_unknown keeps a request that is not idempotent from being repeated.
using Classify = std::function<std::optional<Error>(const Request&, const Response&)>;

struct RetryPolicy {
  int attempts_max = 5;
  Millis delay_min{500};      ///< the first wait is drawn from 0 to this, and doubles each time (full jitter)
  Millis delay_max{30'000};   ///< of a wait that was drawn
  Millis asked_max{60'000};   ///< a Retry-After beyond this is shortened to it, so that a lying one cannot hang a run
  Millis waits_max{180'000};  ///< of all waits of one request together
};

/// Sends a request until `classify` finds nothing wrong with the answer, and throws what is wrong once a repeat is no
/// use: an error that is not retryable, attempts or waiting time used up, or an unknown outcome of a request that is
/// not idempotent. Honours the wait that the Error or the answer's Retry-After asks for.
/// A streamed body is beyond its reach once it has begun.
class Retrying final : public Client {
 public:
  /// `seed` feeds the jitter.
  Retrying(Client& next, Clock& clock, Classify classify, RetryPolicy policy, uint64_t seed);

  Task<Response> send(Request request) override;

 private:
  std::optional<Error> failure_of(const Request& request, const Result<Response>& result) const;
  Millis wait_before(int repeat, const Error& failure);

  Client& next_;
  Clock& clock_;
  Classify classify_;
  RetryPolicy policy_;
  std::mt19937_64 random_;
};

}  // namespace nexpo::http

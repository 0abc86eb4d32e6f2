#include "http/retrying.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "http/retry_after.hpp"

namespace nexpo::http {
namespace {

constexpr int kDoublingsMax = 20;  // beyond any delay_max, and far from overflow

/// The same error with another message or wait.
Error changed(const Error& error, std::string message, std::optional<Millis> retry_after) {
  Error result = Error(error.kind(), std::move(message), retry_after).with_code(error.code()).with_field(error.field());
  return error.outcome_unknown() ? std::move(result).with_unknown_outcome() : result;
}

Error after_attempts(const Error& error, int attempts) {
  if (attempts == 1) return error;
  return changed(error, error.message() + " (attempt " + std::to_string(attempts) + ")", error.retry_after());
}

bool may_repeat(const Request& request, const Error& failure) {
  return failure.retryable() && (request.idempotent || !failure.outcome_unknown());
}

}  // namespace

Retrying::Retrying(Client& next, Clock& clock, Classify classify, RetryPolicy policy, uint64_t seed)
    : next_(next), clock_(clock), classify_(std::move(classify)), policy_(policy), random_(seed) {}

Task<Response> Retrying::send(Request request) {
  Millis waited{0};
  bool in_doubt = false;
  for (int attempts = 1;; ++attempts) {
    Request copy = request;
    Result<Response> result = co_await attempt(next_.send(std::move(copy)));
    const std::optional<Error> failure = failure_of(request, result);
    if (!failure) {
      Response response = std::get<0>(std::move(result));
      response.in_doubt = in_doubt;
      co_return response;
    }
    if (!may_repeat(request, *failure) || attempts >= policy_.attempts_max) throw after_attempts(*failure, attempts);
    const Millis wait = wait_before(attempts, *failure);
    waited += wait;
    in_doubt |= failure->outcome_unknown();
    if (waited > policy_.waits_max) throw after_attempts(*failure, attempts);
    result = Result<Response>();  // frees the answer while we wait
    co_await clock_.sleep(wait, request.cancel);
  }
}

std::optional<Error> Retrying::failure_of(const Request& request, const Result<Response>& result) const {
  if (const Error* error = std::get_if<Error>(&result)) return *error;
  const Response& response = std::get<0>(result);
  std::optional<Error> failure = classify_(request, response);
  if (!failure || failure->retry_after()) return failure;
  if (const auto asked = retry_after_of(response, clock_.now())) return changed(*failure, failure->message(), asked);
  return failure;
}

Millis Retrying::wait_before(int repeat, const Error& failure) {
  const auto draw = [this](Millis most) { return Millis(random_() % static_cast<uint64_t>(most.count() + 1)); };
  // Those who were sent away together shall not come back together.
  if (failure.retry_after()) return std::min(*failure.retry_after(), policy_.asked_max) + draw(policy_.delay_min);
  return draw(std::min(policy_.delay_max, policy_.delay_min * (int64_t{1} << std::min(repeat - 1, kDoublingsMax))));
}

}  // namespace nexpo::http

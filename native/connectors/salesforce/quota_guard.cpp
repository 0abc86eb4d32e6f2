#include "connectors/salesforce/quota_guard.hpp"

#include <utility>

#include <fmt/format.h>

#include "base/error.hpp"

namespace nexpo::salesforce {

namespace {

constexpr std::chrono::minutes kLookAgain{5};
constexpr std::chrono::minutes kPause{30};  // the quota counts the last 24 hours: calls come free slowly

std::string text_of(const LimitInfo& limits, int reserve_percent) {
  const Usage usage = limits.org.value_or(limits.app.value_or(Usage()));
  return fmt::format(
      "salesforce: {} of {} API calls of the last 24 hours are used, and {} % are kept for people "
      "(apiReservePercent); the next start goes on from here",
      usage.used, usage.allowed, reserve_percent);
}

}  // namespace

Task<http::Response> QuotaGuard::send(http::Request request) {
  refuse_below_reserve();
  http::Response response = co_await next_.send(std::move(request));
  observe(response);
  co_return response;
}

void QuotaGuard::refuse_below_reserve() {
  if (!blocked_since_) return;
  if (clock_.steady() - *blocked_since_ >= kLookAgain) {
    blocked_since_ = clock_.steady();  // this one looks; those beside it wait for what it finds
    return;
  }
  throw Error(ErrorKind::throttled, text_of(limits_, reserve_percent_), std::chrono::duration_cast<Millis>(kPause))
      .with_code("API_RESERVE");
}

void QuotaGuard::observe(const http::Response& response) {
  const LimitInfo told = parse_limit_info(response.headers.get("Sforce-Limit-Info"));
  if (!told.org && !told.app) return;
  limits_ = told;
  if (!below_reserve(limits_, reserve_percent_)) {
    blocked_since_.reset();
  } else if (!blocked_since_) {
    blocked_since_ = clock_.steady();
  }
}

}  // namespace nexpo::salesforce

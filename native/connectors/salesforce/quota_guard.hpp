// QuotaGuard: the layer that leaves some of the org's daily calls to people.
#pragma once

#include <optional>

#include "base/clock.hpp"
#include "connectors/salesforce/limit_info.hpp"
#include "http/client.hpp"

namespace nexpo::salesforce {

/// Reads the usage that answers tell. Once less than the reserve is left, requests fail with Error{throttled}, without
/// being sent; every few minutes one goes through to see whether calls have come free again.
class QuotaGuard final : public http::Client {
 public:
  QuotaGuard(http::Client& next, Clock& clock, int reserve_percent)
      : next_(next), clock_(clock), reserve_percent_(reserve_percent) {}

  Task<http::Response> send(http::Request request) override;
  /// What the last answer that spoke of limits said.
  const LimitInfo& limits() const { return limits_; }

 private:
  void refuse_below_reserve();
  void observe(const http::Response& response);

  http::Client& next_;
  Clock& clock_;
  int reserve_percent_;
  LimitInfo limits_;
  std::optional<Steady> blocked_since_;
};

}  // namespace nexpo::salesforce

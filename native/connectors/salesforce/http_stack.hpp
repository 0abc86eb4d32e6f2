// HttpStack: the layers that every call to an org passes.
#pragma once

#include <memory>

#include "connectors/connector.hpp"
#include "connectors/salesforce/quota_guard.hpp"
#include "connectors/salesforce/settings.hpp"
#include "http/counted.hpp"
#include "http/oauth_client.hpp"
#include "http/rate_limited.hpp"
#include "http/retrying.hpp"

namespace nexpo::salesforce {

/// Quota guard around retry around rate limit around access token around count: each attempt is counted and limited,
/// and the guard's own refusal is not repeated.
class HttpStack final : public http::Client {
 public:
  HttpStack(Login login, const Settings& settings, const ConnectorContext& context);
  HttpStack(const HttpStack&) = delete;

  Task<http::Response> send(http::Request request) override { return guard_.send(std::move(request)); }
  uint64_t calls() const { return counted_.calls(); }
  const LimitInfo& limits() const { return guard_.limits(); }

 private:
  http::Counted counted_;
  std::unique_ptr<http::TokenSource> tokens_;
  http::OAuthClient authorized_;
  http::RateLimited limited_;
  http::Retrying retrying_;
  QuotaGuard guard_;
};

}  // namespace nexpo::salesforce

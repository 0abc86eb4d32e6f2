// Settings: the connector's configuration as the code uses it.
#pragma once

#include <chrono>
#include <string>

#include <nlohmann/json.hpp>

#include "crypto/secret.hpp"
#include "http/rate_limited.hpp"
#include "http/retrying.hpp"

namespace nexpo::salesforce {

/// Long calls at once that an org allows; more are refused with REQUEST_LIMIT_EXCEEDED.
constexpr int kConcurrentCallsMax = 25;
constexpr int kCallsPerPeriodMax = 1'000'000;
constexpr int kAttemptsMax = 10;

enum class Flow { client_credentials, jwt, refresh_token, password, soap, host };

/// What logging in takes.
struct Login {
  Flow flow = Flow::client_credentials;
  std::string url;         ///< scheme and host, no slash at the end
  std::string credential;  ///< host: the name under which the host program knows the login
  std::string client_id;
  Secret client_secret;
  std::string username;
  Secret password;  ///< with the security token behind it
  Secret private_key;
  Secret refresh_token;
};

/// Everything else.
struct Settings {
  std::string api_version;
  std::string client_name;
  std::string external_id_field;
  std::chrono::seconds overlap{0};
  int64_t bulk_read_rows = 0;   ///< more rows than this are read by Bulk
  int64_t bulk_write_rows = 0;  ///< more rows than this in one batch are written by Bulk
  int parallel_requests = 1;
  int parallel_results = 1;
  int api_reserve_percent = 0;
  bool save_duplicates = false;
  http::RateLimit rate_limit{.concurrent_max = kConcurrentCallsMax};
  http::RetryPolicy retry;
};

/// `config` was checked against the spec.
Settings parse_settings(const nlohmann::json& config);

/// Throws Error{invalid} for what needs a look at several options: a flow whose credentials are incomplete, a host that
/// serves no API or not this flow.
Login parse_login(const nlohmann::json& config);

/// login.salesforce.com or test.salesforce.com.
bool is_shared_login_host(const std::string& url);

/// "https://acme.lightning.force.com" serves pages, no API: throws Error{invalid} that names the host to use.
void check_api_host(const std::string& url, const std::string& option);

}  // namespace nexpo::salesforce

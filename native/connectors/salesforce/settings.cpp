#include "connectors/salesforce/settings.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.hpp"
#include "http/url.hpp"

namespace nexpo::salesforce {

namespace {

using nlohmann::json;

constexpr std::array<std::pair<std::string_view, Flow>, 6> kFlows = {{
    {"clientCredentials", Flow::client_credentials},
    {"jwt", Flow::jwt},
    {"refreshToken", Flow::refresh_token},
    {"password", Flow::password},
    {"soap", Flow::soap},
    {"host", Flow::host},
}};

std::string text(const json& config, const char* name) { return config.value(name, std::string()); }

[[noreturn]] void refuse(std::string option, const std::string& message) {
  throw Error(ErrorKind::invalid, "salesforce: " + option + ": " + message).with_field(option);
}

/// The flow that the given credentials are for, when `authentication` does not say.
Flow infer_flow(const json& config) {
  if (!text(config, "refreshToken").empty()) return Flow::refresh_token;
  if (!text(config, "privateKey").empty()) return Flow::jwt;
  if (text(config, "username").empty()) return Flow::client_credentials;
  return text(config, "clientId").empty() ? Flow::soap : Flow::password;
}

Flow flow_of(const json& config) {
  const std::string named = text(config, "authentication");
  if (text(config, "auth") == "host") {
    if (named.empty()) return Flow::host;
    refuse("authentication", "leave it out: with auth \"host\" the engine does not log in by itself");
  }
  if (named.empty()) return infer_flow(config);
  for (const auto& [name, flow] : kFlows) {
    if (name == named) return flow;
  }
  refuse("authentication", fmt::format("\"{}\" is not known", named));
}

std::string_view name_of(Flow wanted) {
  for (const auto& [name, flow] : kFlows) {
    if (flow == wanted) return name;
  }
  return "";
}

void require(const json& config, Flow flow, std::initializer_list<const char*> options) {
  for (const char* option : options) {
    if (!text(config, option).empty()) continue;
    refuse(option, fmt::format("missing; the login \"{}\" needs it", name_of(flow)));
  }
}

void check_login(const json& config, const Login& login) {
  switch (login.flow) {
    case Flow::client_credentials: require(config, login.flow, {"clientId", "clientSecret"}); break;
    case Flow::jwt: require(config, login.flow, {"clientId", "username", "privateKey"}); break;
    case Flow::refresh_token: require(config, login.flow, {"clientId", "refreshToken"}); break;
    case Flow::password: require(config, login.flow, {"clientId", "clientSecret", "username", "password"}); break;
    case Flow::soap: require(config, login.flow, {"username", "password"}); break;
    case Flow::host: break;  // looked at before the URL was
  }
  if (login.flow == Flow::soap && !config.value("allowSoapLogin", false)) {
    refuse("allowSoapLogin",
           "a user name and password without a connected app log in by SOAP, which Salesforce retires "
           "with Summer '27; set clientId and clientSecret, or this option to true");
  }
  if (login.flow == Flow::client_credentials && is_shared_login_host(login.url)) {
    refuse("loginUrl", fmt::format("{} does not serve client credentials; use the org's own My Domain, "
                                   "as in https://acme.my.salesforce.com",
                                   login.url));
  }
}

/// A whole number from 1 to `max` inside an option that is an object.
int member(const json& config, const char* option, const char* name, int max, int fallback) {
  const auto object = config.find(option);
  if (object == config.end() || !object->contains(name)) return fallback;
  const json& value = object->at(name);
  if (!value.is_number_integer() || value < 1 || value > max)
    refuse(fmt::format("{}.{}", option, name), fmt::format("must be a whole number from 1 to {}", max));
  return value.get<int>();
}

void refuse_others(const json& config, const char* option, std::initializer_list<std::string_view> known) {
  const auto object = config.find(option);
  if (object == config.end()) return;
  for (const auto& [name, value] : object->items())
    if (std::find(known.begin(), known.end(), name) == known.end())
      refuse(fmt::format("{}.{}", option, name), fmt::format("is unknown; there are {}", fmt::join(known, ", ")));
}

}  // namespace

bool is_shared_login_host(const std::string& url) {
  const std::string host = http::parse_url(url).host;
  return host == "login.salesforce.com" || host == "test.salesforce.com";
}

void check_api_host(const std::string& url, const std::string& option) {
  constexpr std::string_view kPages = ".lightning.force.com";
  const std::string host = http::parse_url(url).host;
  if (!host.ends_with(kPages)) return;
  const std::string org = host.substr(0, host.size() - kPages.size());
  refuse(option, fmt::format("{} serves web pages and no API; use https://{}.my.salesforce.com", host, org));
}

Login parse_login(const json& config) {
  Login login;
  login.flow = flow_of(config);
  login.credential = text(config, "credential");
  if (login.flow == Flow::host) require(config, login.flow, {"credential", "instanceUrl"});
  const char* where = login.flow == Flow::host ? "instanceUrl" : "loginUrl";
  login.url = http::parse_url(text(config, where)).origin();
  check_api_host(login.url, where);
  login.client_id = text(config, "clientId");
  login.client_secret = Secret(text(config, "clientSecret"));
  login.username = text(config, "username");
  login.password = Secret(text(config, "password") + text(config, "securityToken"));
  login.private_key = Secret(text(config, "privateKey"));
  login.refresh_token = Secret(text(config, "refreshToken"));
  check_login(config, login);
  return login;
}

Settings parse_settings(const json& config) {
  Settings settings;
  settings.api_version = text(config, "apiVersion");
  settings.client_name = text(config, "clientName");
  if (settings.client_name.find_first_of(",;=\r\n ") != std::string::npos) {
    refuse("clientName", "use letters, digits, - and _ only");
  }
  settings.external_id_field = text(config, "externalIdField");
  settings.overlap = std::chrono::seconds(config.at("overlapSeconds").get<int64_t>());
  settings.bulk_read_rows = config.at("bulkThreshold");
  settings.bulk_write_rows = config.at("bulkWriteThreshold");
  settings.parallel_requests = config.at("parallelRequests");
  settings.parallel_results = config.at("parallelResults");
  settings.api_reserve_percent = config.at("apiReservePercent");
  settings.save_duplicates = config.value("saveDuplicates", false);
  settings.rate_limit = {.per_minute = member(config, "rateLimit", "perMinute", kCallsPerPeriodMax, 0),
                         .per_hour = member(config, "rateLimit", "perHour", kCallsPerPeriodMax, 0),
                         .concurrent_max = kConcurrentCallsMax};
  settings.retry.attempts_max = member(config, "retry", "attempts", kAttemptsMax, settings.retry.attempts_max);
  refuse_others(config, "rateLimit", {"perMinute", "perHour"});
  refuse_others(config, "retry", {"attempts"});
  return settings;
}

}  // namespace nexpo::salesforce

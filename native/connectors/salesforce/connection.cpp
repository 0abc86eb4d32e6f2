#include "connectors/salesforce/connection.hpp"

#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "connectors/salesforce/salesforce.hpp"
#include "http/url.hpp"

namespace nexpo::salesforce {

namespace {

OrgOptions options_of(const Settings& settings) {
  return {settings.api_version, settings.client_name, settings.save_duplicates};
}

/// The hosts that all orgs share do not tell which org is meant; the user does.
std::string identity_of(const Login& login) {
  const bool shared = is_shared_login_host(login.url);
  const std::string& who = login.flow == Flow::host ? login.credential
                           : login.username.empty() ? login.client_id
                                                    : login.username;
  return "salesforce:" + login.url + (shared ? "/" + who : "");
}

}  // namespace

/// The org and the layers below it. Whoever holds the org holds both: a download that is being cancelled may outlive
/// the connection.
struct SalesforceConnection::Shared {
  Shared(const Settings& settings, Login login, const ConnectorContext& context)
      : http(std::move(login), settings, context),
        org(http, options_of(settings), context.clock, context.workers, context.log, context.cancel) {}

  HttpStack http;
  Org org;
};

SalesforceConnection::SalesforceConnection(Settings settings, Login login, const ConnectorContext& context)
    : settings_(std::move(settings)),
      identity_(identity_of(login)),
      shared_(std::make_shared<Shared>(settings_, std::move(login), context)) {}

Task<std::string> SalesforceConnection::test() {
  const std::string base = co_await shared_->org.base();
  const http::Response answer = co_await shared_->org.get(std::string(kUserPath), "salesforce: who am I");
  const nlohmann::json user = nlohmann::json::parse(answer.body, nullptr, false);
  const auto text = [&user](const char* name) {
    const auto found = user.is_object() ? user.find(name) : user.end();
    return found != user.end() && found->is_string() ? found->get<std::string>() : std::string("?");
  };
  const std::string host = http::is_absolute_url(answer.url) ? " at " + http::parse_url(answer.url).origin() : "";
  co_return fmt::format("{} in org {}{}, API {}", text("preferred_username"), text("organization_id"), host,
                        base.substr(base.rfind('/') + 1));
}

Task<std::vector<ObjectSummary>> SalesforceConnection::objects() { co_return co_await shared_->org.objects(); }

std::unique_ptr<Source> SalesforceConnection::source() {
  return std::make_unique<SalesforceSource>(std::shared_ptr<Org>(shared_, &shared_->org), settings_);
}

std::unique_ptr<Target> SalesforceConnection::target() {
  return std::make_unique<SalesforceTarget>(std::shared_ptr<Org>(shared_, &shared_->org), settings_);
}

uint64_t SalesforceConnection::calls() const { return shared_->http.calls(); }

std::optional<Quota> SalesforceConnection::quota() const {
  const std::optional<Usage> org = shared_->http.limits().org;
  return org ? std::optional(Quota{org->used, org->allowed}) : std::nullopt;
}

}  // namespace nexpo::salesforce

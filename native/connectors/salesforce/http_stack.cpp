#include "connectors/salesforce/http_stack.hpp"

#include <utility>

#include "connectors/salesforce/errors.hpp"
#include "connectors/salesforce/host_login.hpp"
#include "connectors/salesforce/login_tokens.hpp"
#include "http/url.hpp"

namespace nexpo::salesforce {

namespace {

std::optional<Error> classify(const http::Request& request, const http::Response& response) {
  return worth_repeating(response, "salesforce: " + request.method + " " + http::printable_url(request.url));
}

std::unique_ptr<http::TokenSource> make_tokens(http::Client& http, Login login, const Settings& settings,
                                               const ConnectorContext& context) {
  if (login.flow == Flow::host)
    return std::make_unique<HostLogin>(context.host_tokens, std::move(login), context.cancel);
  return std::make_unique<LoginTokens>(http, std::move(login), settings.client_name, context);
}

}  // namespace

HttpStack::HttpStack(Login login, const Settings& settings, const ConnectorContext& context)
    : counted_(context.http),
      tokens_(make_tokens(counted_, std::move(login), settings, context)),
      authorized_(counted_, *tokens_, session_expired),
      limited_(authorized_, context.clock, settings.rate_limit),
      retrying_(limited_, context.clock, classify, settings.retry,
                static_cast<uint64_t>(context.clock.now().time_since_epoch().count())),
      guard_(retrying_, context.clock, settings.api_reserve_percent) {}

}  // namespace nexpo::salesforce

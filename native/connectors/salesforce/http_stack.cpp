#include "connectors/salesforce/http_stack.hpp"

#include <utility>

#include "connectors/salesforce/errors.hpp"
#include "http/url.hpp"

namespace nexpo::salesforce {

namespace {

std::optional<Error> classify(const http::Request& request, const http::Response& response) {
  return worth_repeating(response, "salesforce: " + request.method + " " + http::printable_url(request.url));
}

}  // namespace

HttpStack::HttpStack(Login login, const Settings& settings, const ConnectorContext& context)
    : counted_(context.http),
      tokens_(counted_, std::move(login), settings.client_name, context),
      authorized_(counted_, tokens_, session_expired),
      limited_(authorized_, context.clock, {.concurrent_max = kConcurrentCallsMax}),
      retrying_(limited_, context.clock, classify, http::RetryPolicy(),
                static_cast<uint64_t>(context.clock.now().time_since_epoch().count())),
      guard_(retrying_, context.clock, settings.api_reserve_percent) {}

}  // namespace nexpo::salesforce

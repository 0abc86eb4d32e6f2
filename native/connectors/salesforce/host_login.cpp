#include "connectors/salesforce/host_login.hpp"

#include "base/error.hpp"
#include "http/url.hpp"

namespace nexpo::salesforce {

Task<http::Token> HostLogin::fetch() {
  if (!tokens_)
    throw Error(ErrorKind::invalid,
                "salesforce: auth: no program around the engine gives access tokens here; set it to \"engine\" and "
                "configure a login")
        .with_field("auth");
  std::string refused(last_.reveal());
  http::Token token = co_await tokens_->token(login_.credential, std::move(refused), cancel_);
  if (!last_.empty() && token.access_token.same_as(last_.reveal()))
    throw Error(ErrorKind::unauthorized,
                "salesforce: credential \"" + login_.credential +
                    "\": the host program gave the access token again that Salesforce has refused; connect the "
                    "account anew")
        .with_field("credential");
  last_ = token.access_token.clone();
  if (token.base_url.empty()) token.base_url = login_.url;
  token.base_url = http::parse_url(token.base_url).origin();
  check_api_host(token.base_url, "instanceUrl");
  co_return token;
}

}  // namespace nexpo::salesforce

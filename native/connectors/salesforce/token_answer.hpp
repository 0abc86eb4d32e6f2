// Login requests and answers as text: OAuth token endpoint and SOAP.
#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "base/clock.hpp"
#include "connectors/salesforce/settings.hpp"
#include "crypto/secret.hpp"

namespace nexpo::salesforce {

constexpr std::string_view kTokenPath = "/services/oauth2/token";
/// The last version that has login(); it ends with Summer '27.
constexpr std::string_view kSoapLoginPath = "/services/Soap/u/64.0";

struct TokenAnswer {
  Secret access_token;
  std::string instance_url;  ///< scheme and host, no slash at the end
  Secret refresh_token;      ///< empty unless a new one was handed out
};

/// Body of POST /services/oauth2/token. `refresh_token` and `assertion` are used by the flows that need them.
std::string token_form(const Login& login, const Secret& refresh_token, std::string_view assertion);

/// Throws Error{unavailable} if the body is no token, Error{invalid} if the instance is no API host.
TokenAnswer parse_token(std::string_view body);

/// Claims of a JWT that is good for three minutes. The audience is the login server the org belongs to.
nlohmann::json jwt_claims(const Login& login, Time now);

std::string soap_login_body(const Login& login, std::string_view client_name);

/// Throws Error{unauthorized} if the password has expired: the token that comes along is good for changing it only.
TokenAnswer parse_soap_login(std::string_view body);

}  // namespace nexpo::salesforce

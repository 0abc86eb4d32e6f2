#include "connectors/salesforce/login_tokens.hpp"

#include <initializer_list>
#include <string>
#include <utility>

#include "base/error.hpp"
#include "connectors/salesforce/errors.hpp"
#include "crypto/digest.hpp"
#include "crypto/jwt.hpp"
#include "http/url.hpp"

namespace nexpo::salesforce {

namespace {

/// The settings that a refused login is about, the likeliest one last.
std::string settings_of(Flow flow) {
  switch (flow) {
    case Flow::client_credentials: return "clientId, clientSecret";
    case Flow::jwt: return "clientId, username, privateKey";
    case Flow::refresh_token: return "clientId, clientSecret, refreshToken";
    case Flow::password: return "clientId, clientSecret, username, securityToken, password";
    case Flow::soap: return "username, securityToken, password";
    case Flow::host: break;  // does not log in
  }
  return "";
}

/// What the org said, and where to look.
Error refusal_of(const http::Response& response, Flow flow) {
  Error error = error_of(response, "salesforce: login");
  if (error.kind() != ErrorKind::unauthorized) return error;
  const std::string settings = settings_of(flow);
  return Error(error.kind(), error.message() + "; check " + settings)
      .with_code(error.code())
      .with_field(settings.substr(settings.rfind(' ') + 1));
}

/// The same error without the secrets that were sent: some servers repeat in a refusal what they were given.
Error without(const Error& error, std::initializer_list<std::string_view> secrets) {
  std::string message = error.message();
  for (const std::string_view secret : secrets) {
    for (const std::string& form : {std::string(secret), http::encode_query({{"", secret}}).substr(1)}) {
      for (size_t at = 0; !form.empty() && (at = message.find(form, at)) != std::string::npos;)
        message.replace(at, form.size(), "***");
    }
  }
  Error discreet =
      Error(error.kind(), std::move(message), error.retry_after()).with_code(error.code()).with_field(error.field());
  return error.outcome_unknown() ? std::move(discreet).with_unknown_outcome() : discreet;
}

std::string assertion_of(const Login& login, Time now) {
  try {
    return sign_jwt(jwt_claims(login, now), login.private_key);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::invalid) throw;
    throw Error(error.kind(), "salesforce: privateKey: " + error.message()).with_field("privateKey");
  }
}

}  // namespace

LoginTokens::LoginTokens(http::Client& http, Login login, std::string client_name, const ConnectorContext& context)
    : http_(http),
      login_(std::move(login)),
      client_name_(std::move(client_name)),
      clock_(context.clock),
      credentials_(context.credentials),
      credential_name_(context.credential_scope + "refreshToken"),
      log_(context.log),
      cancel_(context.cancel) {
  if (login_.flow == Flow::soap) {
    log_.warn(
        "salesforce: SOAP login is off in new orgs and ends with Summer '27: set clientId and clientSecret of a "
        "connected app instead");
  }
}

Task<http::Token> LoginTokens::fetch() {
  TokenAnswer answer;
  if (login_.flow == Flow::soap) {
    answer = co_await by_soap();
  } else {
    answer = co_await by_oauth();
  }
  if (!answer.refresh_token.empty()) co_await keep_refresh_token(std::move(answer.refresh_token));
  http::Token token;
  token.access_token = std::move(answer.access_token);
  token.base_url = std::move(answer.instance_url);
  co_return token;
}

Task<TokenAnswer> LoginTokens::by_oauth() {
  Secret refresh_token;
  std::string assertion;
  if (login_.flow == Flow::refresh_token) refresh_token = co_await current_refresh_token();
  if (login_.flow == Flow::jwt) assertion = assertion_of(login_, clock_.now());
  std::string form = token_form(login_, refresh_token, assertion);
  http::Response answer;
  try {
    answer = co_await post(std::string(kTokenPath), "application/x-www-form-urlencoded", std::move(form));
  } catch (const Error& error) {
    throw without(error, {login_.client_secret.reveal(), login_.password.reveal(), refresh_token.reveal(), assertion});
  }
  TokenAnswer token = parse_token(answer.body);
  // Other flows may hand one out too; it is of no use where the flow can simply run again.
  const bool rotated = login_.flow == Flow::refresh_token && !token.refresh_token.same_as(refresh_token.reveal());
  if (!rotated) token.refresh_token = Secret();
  co_return token;
}

Task<TokenAnswer> LoginTokens::by_soap() {
  std::string body = soap_login_body(login_, client_name_);
  http::Response answer;
  try {
    answer = co_await post(std::string(kSoapLoginPath), "text/xml; charset=UTF-8", std::move(body));
  } catch (const Error& error) {
    throw without(error, {login_.password.reveal()});
  }
  co_return parse_soap_login(answer.body);
}

Task<Secret> LoginTokens::current_refresh_token() {
  const std::optional<std::string> kept = co_await credentials_.get(credential_name_);
  if (!kept) co_return login_.refresh_token.clone();
  const nlohmann::json object = nlohmann::json::parse(*kept, nullptr, false);
  const std::string configured = hex_encode(sha256(login_.refresh_token.reveal()));
  if (!object.is_object() || object.value("from", "") != configured) co_return login_.refresh_token.clone();
  co_return Secret(object.value("token", ""));
}

Task<> LoginTokens::keep_refresh_token(Secret token) {
  const nlohmann::json object = {{"from", hex_encode(sha256(login_.refresh_token.reveal()))},
                                 {"token", token.reveal()}};
  std::string text = object.dump();
  co_await credentials_.put(credential_name_, std::move(text));
}

Task<http::Response> LoginTokens::post(std::string path, std::string type, std::string body) {
  http::Request request;
  request.method = "POST";
  request.url = login_.url + path;
  request.headers.set("Content-Type", type);
  request.headers.set("Accept", login_.flow == Flow::soap ? "text/xml" : "application/json");
  if (login_.flow == Flow::soap) request.headers.set("SOAPAction", "login");
  request.body = std::move(body);
  request.cancel = cancel_;
  http::Response response = co_await http_.send(std::move(request));
  constexpr int kOk = 200;
  if (response.status != kOk) throw refusal_of(response, login_.flow);
  co_return response;
}

}  // namespace nexpo::salesforce

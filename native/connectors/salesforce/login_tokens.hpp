// LoginTokens: logs in, by the flow that the configuration has credentials for.
#pragma once

#include <string>

#include "connectors/connector.hpp"
#include "connectors/salesforce/settings.hpp"
#include "connectors/salesforce/token_answer.hpp"
#include "http/oauth_client.hpp"

namespace nexpo::salesforce {

/// One fetch at a time. A refresh token that Salesforce rotates is durable in the credential store before the access
/// token that came with it is used: the old one is dead by then. It is kept with a digest of the configured one it
/// descends from, so that a newly configured one takes over.
class LoginTokens final : public http::TokenSource {
 public:
  LoginTokens(http::Client& http, Login login, std::string client_name, const ConnectorContext& context);

  Task<http::Token> fetch() override;

 private:
  Task<TokenAnswer> by_oauth();
  Task<TokenAnswer> by_soap();
  Task<Secret> current_refresh_token();
  Task<> keep_refresh_token(Secret token);
  Task<http::Response> post(std::string path, std::string type, std::string body);

  http::Client& http_;
  Login login_;
  std::string client_name_;
  Clock& clock_;
  CredentialStore& credentials_;
  std::string credential_name_;
  Log log_;
  CancelToken cancel_;
};

}  // namespace nexpo::salesforce

// HostLogin: access tokens from the host program, which logs in and refreshes by itself.
#pragma once

#include <string>

#include "connectors/connector.hpp"
#include "connectors/salesforce/settings.hpp"

namespace nexpo::salesforce {

/// One fetch at a time. From the second one on the host is told which token Salesforce turned down. Nothing is ever
/// refreshed or kept here: the refresh token is the host's.
class HostLogin final : public http::TokenSource {
 public:
  /// `tokens` is borrowed; null where no program answers.
  HostLogin(HostTokens* tokens, Login login, CancelToken cancel)
      : tokens_(tokens), login_(std::move(login)), cancel_(std::move(cancel)) {}

  Task<http::Token> fetch() override;

 private:
  HostTokens* tokens_;
  Login login_;
  CancelToken cancel_;
  Secret last_;
};

}  // namespace nexpo::salesforce

// HostTokens: access tokens of credentials that the program around the engine owns and refreshes.
#pragma once

#include <string>

#include "base/cancel.hpp"
#include "base/task.hpp"
#include "http/oauth_client.hpp"

namespace nexpo {

/// Lives on the loop thread; calls may overlap.
class HostTokens {
 public:
  virtual ~HostTokens() = default;
  /// A token of the credential. `refused` is the one that the system has turned down, or empty: the host is to give
  /// another one then. Throws Error: unauthorized (the host has none), unavailable (it does not answer), cancelled.
  virtual Task<http::Token> token(std::string credential, std::string refused, CancelToken cancel) = 0;
};

}  // namespace nexpo

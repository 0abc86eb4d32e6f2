// AskedTokens: access tokens of the host program.
#pragma once

#include <map>
#include <string>

#include "connectors/host_tokens.hpp"
#include "engine/host_asks.hpp"

namespace nexpo {

/// One request is under way per credential: whoever wants a token of it meanwhile waits, and takes the one that comes
/// unless it is the very one that was refused. Nothing is kept between requests. Loop thread only.
///
/// The host sees {"type":"ask","ask":7,"what":"token","credential":"NAME","stale":"the refused token, or empty"}, the
/// only event that ever holds a secret, and answers {token: {accessToken, instanceUrl?}} or {error}.
class AskedTokens final : public HostTokens {
 public:
  /// Borrows.
  explicit AskedTokens(HostAsks& asks) : asks_(asks) {}

  Task<http::Token> token(std::string credential, std::string refused, CancelToken cancel) override;

 private:
  HostAsks& asks_;
  std::map<std::string, HostAsks::RequestRef> under_way_;  ///< by credential
};

}  // namespace nexpo

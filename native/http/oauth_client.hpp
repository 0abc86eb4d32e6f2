// OAuthClient: the layer that puts an access token on each request and replaces it when it has died.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/started.hpp"
#include "crypto/secret.hpp"
#include "http/client.hpp"

namespace nexpo::http {

struct Token {
  Secret access_token;
  std::string base_url;  ///< where the token is good; empty: requests bring absolute URLs
};

/// Gets a new token by whatever flow the system wants (client credentials, refresh token, signed JWT).
class TokenSource {
 public:
  virtual ~TokenSource() = default;
  virtual Task<Token> fetch() = 0;
};

/// True if the answer says that the token is no longer good and a new one would help.
using ShouldRefresh = std::function<bool(const Response&)>;

/// The token is fetched with the first request. When an answer says it has died, one new token is fetched however many
/// requests found out at once, and each of them is sent once more; the second answer is final. A request that finds a
/// token newer than the one it was sent with takes that. A failed fetch fails all that waited for it.
///
/// A request's URL may be a path ("/services/data/..."): it is joined to the token's base_url at each attempt, so that
/// a move of the account to another host is followed. An absolute URL must be of the same origin as base_url, for the
/// token must not be shown to anyone else: Error{invalid}.
class OAuthClient final : public Client {
 public:
  OAuthClient(Client& next, TokenSource& source, ShouldRefresh should_refresh);

  Task<Response> send(Request request) override;

 private:
  using TokenRef = std::shared_ptr<const Token>;
  Task<TokenRef> newer_than(TokenRef stale, CancelToken cancel);
  Task<Response> send_with(TokenRef token, Request request);

  Client& next_;
  TokenSource& source_;
  ShouldRefresh should_refresh_;
  Semaphore one_fetch_{1};
  TokenRef token_;
  uint64_t fetches_ = 0;
  std::optional<Error> failure_;  ///< of the last fetch
};

}  // namespace nexpo::http

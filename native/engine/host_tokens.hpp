// AskedTokens: asks the host program for access tokens by events, and takes its answers.
#pragma once

#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "connectors/host_tokens.hpp"

namespace nexpo {

/// How long the host may take for an answer: it may have to refresh by a slow login server.
constexpr Millis kHostAnswerMax{60'000};

/// One request is under way per credential: whoever wants a token of it meanwhile waits, and takes the one that comes
/// unless it is the very one that was refused. Nothing is kept between requests. Loop thread only.
///
/// The host sees {"type":"ask","ask":7,"what":"token","credential":"NAME","stale":"the refused token, or empty"}, the
/// only event that ever holds a secret, and answers by the method `host.answer`.
class AskedTokens final : public HostTokens {
 public:
  using OnEvent = std::function<void(std::string event)>;
  /// Borrows both.
  AskedTokens(Clock& clock, const OnEvent& on_event) : clock_(clock), on_event_(on_event) {}

  Task<http::Token> token(std::string credential, std::string refused, CancelToken cancel) override;

  struct Answer {
    std::string access_token;
    std::string instance_url;  ///< empty: as configured
    std::string error;         ///< why there is no token
  };
  /// False if nobody waits for it (any more).
  bool answer(int64_t ask, Answer answer);
  /// Ends all waiting; nothing can be asked from now on.
  void close();

 private:
  struct Request {
    int64_t ask = 0;
    CancelToken answered = CancelToken::make();
    std::optional<Answer> answer;
  };
  using RequestRef = std::shared_ptr<Request>;

  RequestRef ask(const std::string& credential, const std::string& refused);
  Task<> wait(RequestRef request, CancelToken cancel);

  Clock& clock_;
  const OnEvent& on_event_;
  std::map<std::string, RequestRef> under_way_;  ///< by credential
  int64_t last_ask_ = 0;
  bool closed_ = false;
};

}  // namespace nexpo

// HostAsks: questions to the host program by events, and its answers.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "base/cancel.hpp"
#include "base/clock.hpp"
#include "base/task.hpp"

namespace nexpo {

/// How long the host may take for an answer: it may have to call a slow server itself.
constexpr Millis kHostAnswerMax{60'000};

/// Each question is an event {"type":"ask","ask":NUMBER,...}; the host answers it by the method `host.answer`.
/// Loop thread only.
class HostAsks {
 public:
  using OnEvent = std::function<void(std::string event)>;
  /// Borrows both.
  HostAsks(Clock& clock, const OnEvent& on_event) : clock_(clock), on_event_(on_event) {}

  struct Request {
    int64_t ask = 0;
    CancelToken answered = CancelToken::make();
    std::optional<nlohmann::json> answer;
  };
  using RequestRef = std::shared_ptr<Request>;

  /// Tells the host. Throws Error{cancelled} after close().
  RequestRef put(nlohmann::json question);
  /// Ends when the request has its answer. Several may wait for one. Throws Error{cancelled} if the caller gives up or
  /// the engine closes, and Error{unavailable} after kHostAnswerMax: "the host program has given no WANTED within ...".
  Task<> wait(RequestRef request, CancelToken cancel, std::string wanted);
  /// False if nobody waits for it (any more).
  bool answer(int64_t ask, nlohmann::json answer);
  /// Ends all waiting; nothing can be asked from now on.
  void close();

 private:
  Clock& clock_;
  const OnEvent& on_event_;
  std::map<int64_t, RequestRef> open_;
  int64_t last_ask_ = 0;
  bool closed_ = false;
};

}  // namespace nexpo

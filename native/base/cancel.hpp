// CancelToken: how a caller asks work that is under way to stop.
#pragma once

#include <algorithm>
#include <functional>
#include <list>
#include <memory>
#include <utility>

#include "base/error.hpp"

namespace nexpo {

/// A cheap handle, passed by value. A default-made token is never cancelled.
/// Lives on the loop thread: cancel() runs the registered callbacks there, in order of registration.
class CancelToken {
 public:
  using Callback = std::function<void()>;

  /// Unregisters its callback when it goes out of scope.
  class Registration {
   public:
    Registration() = default;
    Registration(Registration&& other) noexcept : state_(std::move(other.state_)), callback_(other.callback_) {}
    Registration& operator=(Registration&&) = delete;
    ~Registration() {
      if (state_) state_->callbacks.erase(callback_);
    }

   private:
    friend class CancelToken;
    struct State {
      bool cancelled = false;
      std::list<Callback> callbacks;
    };
    Registration(std::shared_ptr<State> state, std::list<Callback>::iterator callback)
        : state_(std::move(state)), callback_(callback) {}
    std::shared_ptr<State> state_;
    std::list<Callback>::iterator callback_{};
  };

  CancelToken() = default;
  static CancelToken make() {
    CancelToken token;
    token.state_ = std::make_shared<Registration::State>();
    return token;
  }

  bool cancelled() const { return state_ && state_->cancelled; }
  void throw_if_cancelled() const {
    if (cancelled()) throw Error(ErrorKind::cancelled, "stopped on request");
  }

  /// Calls `callback` once when the token is cancelled. Not called if it already is: check first.
  [[nodiscard]] Registration on_cancel(Callback callback) const {
    if (!state_) return {};
    return {state_, state_->callbacks.insert(state_->callbacks.end(), std::move(callback))};
  }

  void cancel() const {
    if (!state_ || std::exchange(state_->cancelled, true)) return;
    // A callback may unregister itself or others, and may drop this token: each is looked for anew, and called once.
    const std::shared_ptr<Registration::State> state = state_;
    for (;;) {
      const auto waiting = std::find_if(state->callbacks.begin(), state->callbacks.end(), std::identity());
      if (waiting == state->callbacks.end()) return;
      const Callback callback = std::exchange(*waiting, nullptr);
      callback();
    }
  }

 private:
  std::shared_ptr<Registration::State> state_;
};

}  // namespace nexpo

// Until: waits for a token.
#pragma once

#include <coroutine>
#include <optional>

#include "base/cancel.hpp"

namespace nexpo {

/// `co_await` goes on once the token is cancelled. A coroutine that is destroyed meanwhile waits no more.
class Until {
 public:
  explicit Until(CancelToken token) : token_(std::move(token)) {}
  Until(const Until&) = delete;

  bool await_ready() const noexcept { return token_.cancelled(); }
  void await_suspend(std::coroutine_handle<> awaiter) {
    registration_.emplace(token_.on_cancel([awaiter] { awaiter.resume(); }));
  }
  void await_resume() const noexcept {}

 private:
  CancelToken token_;
  std::optional<CancelToken::Registration> registration_;
};

}  // namespace nexpo

// Counted: how many requests went out, retries included when it is the innermost layer.
#pragma once

#include <atomic>
#include <cstdint>
#include <utility>

#include "http/client.hpp"

namespace nexpo::http {

/// One per connection, around the shared client. What libcurl repeats by itself (an idempotent request on a kept
/// connection that turned out to be dead) counts once.
class Counted final : public Client {
 public:
  explicit Counted(Client& next) : next_(next) {}

  Task<Response> send(Request request) override {
    calls_.fetch_add(1, std::memory_order_relaxed);
    return next_.send(std::move(request));
  }

  /// Safe from any thread.
  uint64_t calls() const { return calls_.load(std::memory_order_relaxed); }

 private:
  Client& next_;
  std::atomic<uint64_t> calls_{0};
};

}  // namespace nexpo::http

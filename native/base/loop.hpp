// Loop: one thread with its own uv loop. Every coroutine of an engine runs here.
#pragma once

#include <uv.h>

#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "base/clock.hpp"

namespace nexpo {

/// Starts its thread when made, joins it when destroyed. All but post() belongs to the loop thread.
/// Owners close their uv handles before the loop is destroyed.
class Loop final : public Clock {
 public:
  Loop();
  ~Loop() override;
  Loop(const Loop&) = delete;

  /// Runs `job` on the loop thread, after everything posted before it. Safe from any thread.
  void post(std::function<void()> job);
  /// For libraries that need a uv loop (curl multi).
  uv_loop_t* uv() { return &loop_; }

  Time now() const override;
  Steady steady() const override;
  Task<> sleep(Millis duration, CancelToken cancel = {}) override;

 private:
  void run_posted();

  uv_loop_t loop_{};
  uv_async_t wake_{};
  std::mutex mutex_;
  std::vector<std::function<void()>> posted_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace nexpo

// UvTimer: a timer on a uv loop that may be destroyed at any time, its own callback included.
#pragma once

#include <uv.h>

#include <cstdint>
#include <functional>
#include <utility>

#include "base/error.hpp"

namespace nexpo::http {

/// Made, used and destroyed on the loop thread.
class UvTimer {
 public:
  UvTimer(uv_loop_t* loop, std::function<void()> fire) : handle_(new Handle{{}, std::move(fire)}) {
    uv_timer_init(loop, &handle_->timer);
    handle_->timer.data = handle_;
  }
  UvTimer(const UvTimer&) = delete;
  ~UvTimer() {
    uv_close(reinterpret_cast<uv_handle_t*>(&handle_->timer),
             [](uv_handle_t* handle) { delete static_cast<Handle*>(handle->data); });
  }

  /// Fires once, `delay` after now; a start that is pending is replaced.
  void start(Millis delay) {
    const auto on_timer = [](uv_timer_t* timer) { static_cast<Handle*>(timer->data)->fire(); };
    uv_timer_start(&handle_->timer, on_timer, static_cast<uint64_t>(delay.count()), 0);
  }
  void stop() { uv_timer_stop(&handle_->timer); }

 private:
  struct Handle {
    uv_timer_t timer;
    std::function<void()> fire;
  };
  Handle* handle_;  // freed by its close callback, which runs after this object is gone
};

}  // namespace nexpo::http

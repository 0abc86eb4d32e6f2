#include "base/loop.hpp"

#include <utility>

namespace nexpo {
namespace {

/// One uv timer that resumes its awaiter once: when it fires, or when the token is cancelled.
class SleepAwaiter {
 public:
  SleepAwaiter(uv_loop_t* loop, Millis duration, CancelToken cancel)
      : loop_(loop), duration_(duration), cancel_(std::move(cancel)) {}

  bool await_ready() const noexcept { return duration_ <= Millis::zero() || cancel_.cancelled(); }
  void await_suspend(std::coroutine_handle<> awaiter) {
    awaiter_ = awaiter;
    timer_ = new uv_timer_t;  // freed by its close callback, which runs after this object is gone
    uv_timer_init(loop_, timer_);
    uv_update_time(loop_);  // or what was computed since the loop last looked would shorten the sleep
    timer_->data = this;
    uv_timer_start(
        timer_, [](uv_timer_t* timer) { static_cast<SleepAwaiter*>(timer->data)->wake(); },
        static_cast<uint64_t>(duration_.count()), 0);
    registration_.emplace(cancel_.on_cancel([this] { uv_timer_start(timer_, timer_->timer_cb, 0, 0); }));
  }
  void await_resume() const { cancel_.throw_if_cancelled(); }

 private:
  void wake() {
    uv_close(reinterpret_cast<uv_handle_t*>(timer_),
             [](uv_handle_t* handle) { delete reinterpret_cast<uv_timer_t*>(handle); });
    registration_.reset();
    awaiter_.resume();
  }

  uv_loop_t* loop_;
  Millis duration_;
  CancelToken cancel_;
  uv_timer_t* timer_ = nullptr;
  std::coroutine_handle<> awaiter_;
  std::optional<CancelToken::Registration> registration_;
};

}  // namespace

Loop::Loop() {
  uv_loop_init(&loop_);
  uv_async_init(&loop_, &wake_, [](uv_async_t* wake) { static_cast<Loop*>(wake->data)->run_posted(); });
  wake_.data = this;
  thread_ = std::thread([this] { uv_run(&loop_, UV_RUN_DEFAULT); });
}

Loop::~Loop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  uv_async_send(&wake_);
  thread_.join();
  uv_run(&loop_, UV_RUN_NOWAIT);
  uv_loop_close(&loop_);
}

void Loop::post(std::function<void()> job) {
  {
    const std::lock_guard lock(mutex_);
    posted_.push_back(std::move(job));
  }
  uv_async_send(&wake_);
}

void Loop::run_posted() {
  std::vector<std::function<void()>> jobs;
  bool stop = false;
  {
    const std::lock_guard lock(mutex_);
    jobs.swap(posted_);
    stop = stopping_;
  }
  for (auto& job : jobs) job();
  // The wake handle keeps the loop alive; without it the loop ends when the last timer and transfer do.
  if (stop && !uv_is_closing(reinterpret_cast<uv_handle_t*>(&wake_)))
    uv_close(reinterpret_cast<uv_handle_t*>(&wake_), nullptr);
}

Time Loop::now() const {
  return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
}

Steady Loop::steady() const {
  return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::steady_clock::now());
}

Task<> Loop::sleep(Millis duration, CancelToken cancel) {
  cancel.throw_if_cancelled();
  SleepAwaiter awaiter(&loop_, duration, std::move(cancel));
  co_await awaiter;
}

}  // namespace nexpo

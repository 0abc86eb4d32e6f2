#include "support/sim_clock.hpp"

#include <coroutine>
#include <stdexcept>

namespace nexpo {

/// One pending sleep. Its event dies with it.
class SimSleep {
 public:
  SimSleep(SimClock& clock, Millis duration, CancelToken cancel)
      : clock_(clock), duration_(duration), cancel_(std::move(cancel)) {}
  SimSleep(const SimSleep&) = delete;
  ~SimSleep() {
    if (key_) clock_.events_.erase(*key_);
  }

  bool await_ready() const noexcept { return duration_ <= Millis::zero(); }
  void await_suspend(std::coroutine_handle<> awaiter) {
    awaiter_ = awaiter;
    wake_after(duration_);
    registration_.emplace(cancel_.on_cancel([this] { wake_after(Millis::zero()); }));
  }
  void await_resume() const {
    if (clock_.crashed_) throw SimClock::Crash();
    cancel_.throw_if_cancelled();
  }

 private:
  void wake_after(Millis delay) {
    if (key_) clock_.events_.erase(*key_);
    key_ = clock_.schedule(delay, [this] {
      key_.reset();
      registration_.reset();
      awaiter_.resume();
    });
  }

  SimClock& clock_;
  Millis duration_;
  CancelToken cancel_;
  std::coroutine_handle<> awaiter_;
  std::optional<SimClock::Key> key_;
  std::optional<CancelToken::Registration> registration_;
};

Task<> SimClock::sleep(Millis duration, CancelToken cancel) {
  if (crashed_) throw Crash();
  cancel.throw_if_cancelled();
  SimSleep asleep(*this, duration, std::move(cancel));
  co_await asleep;
}

SimClock::Key SimClock::schedule(std::chrono::microseconds delay, std::function<void()> job) {
  const Key key{steady_ + delay, sequence_++};
  events_.emplace(key, std::move(job));
  return key;
}

void SimClock::run_next() {
  if (++events_run_ > kEventsMax) throw std::logic_error("the simulated world never comes to rest");
  auto event = events_.extract(events_.begin());
  // After a crash there is nothing left to wait for: time stands still and everything unwinds.
  if (!crashed_ && event.key().due > steady_) {
    wall_ += event.key().due - steady_;
    steady_ = event.key().due;
  }
  event.mapped()();
}

void SimClock::run_until(const bool& done) {
  while (!done) {
    if (events_.empty()) throw std::logic_error("the task waits for something that nothing will ever do");
    run_next();
  }
}

void SimClock::run_for(std::chrono::microseconds duration) {
  const Steady end = steady_ + duration;
  while (!events_.empty() && (crashed_ || events_.begin()->first.due <= end)) run_next();
  if (crashed_) return;
  wall_ += end - steady_;
  steady_ = end;
}

void SimClock::settle() {
  while (!events_.empty()) run_next();
}

void SimWorkers::submit(std::function<void()> work, std::function<void()> done) {
  if (clock_.crashed()) throw SimClock::Crash();  // from inside the await: the coroutine sees it as its own
  std::chrono::microseconds delay{0};
  if (random_) {
    delay = std::chrono::microseconds{(*random_)() % static_cast<uint64_t>(delay_max_.count() + 1)};
    const bool effect_first = (*random_)() % 2 == 0;
    if (effect_first) {
      work();
      work = [] {};
    }
  }
  clock_.after(delay, [work = std::move(work), done = std::move(done)] {
    work();
    done();
  });
}

}  // namespace nexpo

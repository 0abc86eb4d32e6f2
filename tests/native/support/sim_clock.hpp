// SimClock, SimWorkers: virtual time and virtual threads, so that hours of waiting are tested in microseconds.
#pragma once

#include <compare>
#include <cstdint>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <type_traits>
#include <utility>

#include "base/clock.hpp"
#include "base/workers.hpp"

namespace nexpo {

/// A single-threaded world of events in virtual time. What is due at one instant runs in the order it was asked for,
/// so the same program always takes the same course. Time passes only in run(), run_for() and settle(), and jumps
/// from event to event.
///
///   SimClock clock;
///   Report report = clock.run(pass.run());
class SimClock final : public Clock {
 public:
  static constexpr Time kStart{std::chrono::microseconds{1'767'225'600'000'000}};  ///< 2026-01-01T00:00:00Z

  explicit SimClock(Time start = kStart) : wall_(start) {}
  SimClock(const SimClock&) = delete;

  Time now() const override { return wall_; }
  Steady steady() const override { return steady_; }
  /// Like Loop::sleep: no wait at all for a duration of zero, and a cancelled sleeper wakes in a later event.
  /// A coroutine that is destroyed while it sleeps is forgotten.
  Task<> sleep(Millis duration, CancelToken cancel = {}) override;

  /// Calls `job` after `delay`; zero means after everything that is due now.
  void after(std::chrono::microseconds delay, std::function<void()> job) { schedule(delay, std::move(job)); }
  /// Moves the wall clock only, as a correction of the machine's time does.
  void step_wall(std::chrono::microseconds by) { wall_ += by; }

  /// Starts `task`, lets time pass until it ends, and gives its value or throws its exception. Other work that was
  /// begun stays pending. Throws std::logic_error if the task waits for something that nothing will ever do.
  template <class T>
  T run(Task<T> task);
  /// Lets `duration` pass.
  void run_for(std::chrono::microseconds duration);
  /// Lets time pass until nothing is pending.
  void settle();

  /// Ends the simulated process: from now on every sleep and every Workers::run throws Crash, sleepers at once.
  /// Work that was handed to workers already still runs, so a durable store has to refuse it by asking crashed().
  /// settle() afterwards unwinds all coroutines and frees their memory.
  void crash() { crashed_ = true; }
  bool crashed() const { return crashed_; }
  struct Crash : std::exception {
    const char* what() const noexcept override { return "simulated crash of the process"; }
  };

  uint64_t events_run() const { return events_run_; }

 private:
  friend class SimSleep;
  struct Key {
    Steady due;
    uint64_t sequence;
    auto operator<=>(const Key&) const = default;
  };
  static constexpr uint64_t kEventsMax = 100'000'000;  ///< more of them in one world is an endless loop

  Key schedule(std::chrono::microseconds delay, std::function<void()> job);
  void run_next();
  void run_until(const bool& done);

  Time wall_;
  Steady steady_{};
  std::map<Key, std::function<void()>> events_;
  uint64_t sequence_ = 0;
  uint64_t events_run_ = 0;
  bool crashed_ = false;
};

/// Workers on a SimClock. Without a seed work is done in the order it was handed over, after what is due now. With
/// one, each piece takes up to `delay_max` and they overtake each other; whether a piece takes effect at the start or
/// at the end of its time is drawn too.
class SimWorkers final : public Workers {
 public:
  explicit SimWorkers(SimClock& clock) : clock_(clock) {}
  SimWorkers(SimClock& clock, uint64_t seed, Millis delay_max) : clock_(clock), random_(seed), delay_max_(delay_max) {}

 protected:
  void submit(std::function<void()> work, std::function<void()> done) override;

 private:
  SimClock& clock_;
  std::optional<std::mt19937_64> random_;
  std::chrono::microseconds delay_max_{0};
};

namespace detail {

template <class T>
struct SimResult {
  bool done = false;
  std::exception_ptr thrown;
  std::conditional_t<std::is_void_v<T>, bool, std::optional<T>> value{};
};

template <class T>
Task<> keep_result(Task<T> task, std::shared_ptr<SimResult<T>> result) {
  if constexpr (std::is_void_v<T>) {
    co_await task;
  } else {
    result->value.emplace(co_await task);
  }
}

}  // namespace detail

template <class T>
T SimClock::run(Task<T> task) {
  auto result = std::make_shared<detail::SimResult<T>>();
  spawn(detail::keep_result<T>(std::move(task), result), [result](std::exception_ptr thrown) {
    result->done = true;
    result->thrown = std::move(thrown);
  });
  run_until(result->done);
  if (result->thrown) std::rethrow_exception(result->thrown);
  if constexpr (!std::is_void_v<T>) return std::move(*result->value);
}

}  // namespace nexpo

// Clock: the only source of time and of waiting, so that tests can run on a virtual one.
#pragma once

#include <chrono>

#include "base/cancel.hpp"
#include "base/task.hpp"

namespace nexpo {

/// Wall time in UTC, microseconds since 1970. May step backwards.
using Time = std::chrono::sys_time<std::chrono::microseconds>;
/// Time that only grows, for durations and deadlines.
using Steady = std::chrono::time_point<std::chrono::steady_clock, std::chrono::microseconds>;

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Time now() const = 0;
  virtual Steady steady() const = 0;
  /// Resumes on the loop thread after `duration`. Throws Error{cancelled} as soon as `cancel` is cancelled.
  virtual Task<> sleep(Millis duration, CancelToken cancel = {}) = 0;
};

}  // namespace nexpo

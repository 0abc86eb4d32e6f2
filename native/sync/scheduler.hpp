// Scheduler: runs one sync whenever its schedule says so.
#pragma once

#include <functional>

#include "base/clock.hpp"
#include "sync/schedule.hpp"

namespace nexpo {

/// Calls `run` at each due time until `stop`. Runs never overlap; times that were missed during a long run or a sleep
/// of the machine are made up for by one run. Wall clock steps are noticed within a minute.
Task<> run_on_schedule(Clock& clock, Schedule schedule, CancelToken stop, std::function<Task<>()> run);

}  // namespace nexpo

#include "sync/scheduler.hpp"

#include <algorithm>

namespace nexpo {
namespace {
constexpr Millis kNapMax{60'000};
}

Task<> run_on_schedule(Clock& clock, Schedule schedule, CancelToken stop, std::function<Task<>()> run) {
  Time last = clock.now();
  for (;;) {
    const std::optional<Time> due = schedule.next(last);
    if (!due) throw Error(ErrorKind::invalid, "schedule: this expression never comes true").with_field("schedule");
    while (clock.now() < *due) {
      const auto left = std::chrono::ceil<Millis>(*due - clock.now());
      const auto nap = co_await attempt(clock.sleep(std::min(left, kNapMax), stop));
      if (nap.index() == 1) co_return;
    }
    // Everything that fell due before this start is made up for by it.
    last = std::max(*due, clock.now() - std::chrono::minutes(1));
    co_await run();
    if (stop.cancelled()) co_return;
  }
}

}  // namespace nexpo

#include "support/sim_clock.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/started.hpp"

using namespace std::chrono_literals;

namespace nexpo {
namespace {

Task<int> sleep_and_note(SimClock& clock, Millis duration, int number, std::vector<int>& notes) {
  co_await clock.sleep(duration);
  notes.push_back(number);
  co_return number;
}

Task<> sleep_with(SimClock& clock, Millis duration, CancelToken token) { co_await clock.sleep(duration, token); }

Task<int> sum_of_three(SimClock& clock, std::vector<int>& notes) {
  Started<int> slow(sleep_and_note(clock, 3h, 1, notes));
  Started<int> quick(sleep_and_note(clock, 1h, 2, notes));
  Started<int> tied(sleep_and_note(clock, 1h, 3, notes));
  int sum = co_await slow.join();
  sum += co_await quick.join();
  sum += co_await tied.join();
  co_return sum;
}

TEST(SimClock, WakesSleepersByDueTimeAndThenByOrder) {
  SimClock clock;
  std::vector<int> notes;
  EXPECT_EQ(clock.run(sum_of_three(clock, notes)), 6);
  EXPECT_EQ(notes, (std::vector<int>{2, 3, 1}));
  EXPECT_EQ(clock.now() - SimClock::kStart, 3h);
  EXPECT_EQ(clock.steady() - Steady{}, 3h);
}

TEST(SimClock, CancelsASleepWithoutWaitingForIt) {
  SimClock clock;
  const CancelToken token = CancelToken::make();
  clock.after(5s, [&] { token.cancel(); });
  try {
    clock.run(sleep_with(clock, 1h, token));
    FAIL() << "the sleep was not cancelled";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::cancelled);
  }
  EXPECT_EQ(clock.steady() - Steady{}, 5s);
}

TEST(SimClock, SteppingTheWallClockLeavesSteadyTimeAlone) {
  SimClock clock;
  clock.step_wall(-2h);
  clock.run(sleep_with(clock, 1h, {}));
  EXPECT_EQ(clock.now() - SimClock::kStart, -1h);
  EXPECT_EQ(clock.steady() - Steady{}, 1h);
}

Task<> take(Semaphore& semaphore) { auto permit = co_await semaphore.acquire(); }

TEST(SimClock, SaysSoWhenATaskWaitsForSomethingThatNeverComes) {
  SimClock clock;
  Semaphore semaphore(1);
  std::optional<Semaphore::Permit> held(clock.run(semaphore.acquire()));
  EXPECT_THROW(clock.run(take(semaphore)), std::logic_error);
  held.reset();  // lets the waiter end, so that its memory is freed
}

TEST(SimClock, ForgetsASleeperThatIsDestroyed) {
  SimClock clock;
  std::vector<int> notes;
  {
    Task<int> dropped = sleep_and_note(clock, 1s, 1, notes);
    std::coroutine_handle<> noop = std::noop_coroutine();
    auto awaiter = dropped.operator co_await();
    awaiter.await_suspend(noop).resume();
  }
  clock.settle();
  EXPECT_TRUE(notes.empty());
}

TEST(SimClock, RunForStopsBetweenTwoEvents) {
  SimClock clock;
  std::vector<int> notes;
  Started<int> soon(sleep_and_note(clock, 1s, 1, notes));
  Started<int> late(sleep_and_note(clock, 3s, 2, notes));
  clock.run_for(2s);
  EXPECT_EQ(notes, std::vector<int>{1});
  EXPECT_EQ(clock.steady() - Steady{}, 2s);
  clock.settle();
  EXPECT_EQ(notes, (std::vector<int>{1, 2}));
}

Task<> sleep_for_ever(SimClock& clock, bool& unwound) {
  struct Mark {
    bool& seen;
    ~Mark() { seen = true; }
  } mark{unwound};
  for (;;) co_await clock.sleep(24h);
}

TEST(SimClock, ACrashUnwindsEverySleeper) {
  SimClock clock;
  bool unwound = false;
  clock.after(100h, [&] { clock.crash(); });
  EXPECT_THROW(clock.run(sleep_for_ever(clock, unwound)), SimClock::Crash);
  EXPECT_TRUE(unwound);
  EXPECT_EQ(clock.steady() - Steady{}, 100h);
}

Task<> work_and_note(Workers& workers, int number, std::vector<int>& notes) {
  auto work = [number] { return number; };
  notes.push_back(co_await workers.run(work));
}

std::vector<int> order_of_work(SimClock& clock, Workers& workers) {
  std::vector<int> notes;
  for (int i = 0; i < 20; ++i) spawn(work_and_note(workers, i, notes), [](std::exception_ptr) {});
  EXPECT_TRUE(notes.empty()) << "work must not finish before its awaiter is suspended";
  clock.settle();
  return notes;
}

TEST(SimWorkers, WithoutASeedKeepTheOrder) {
  SimClock clock;
  SimWorkers workers(clock);
  EXPECT_THAT(order_of_work(clock, workers),
              testing::ElementsAre(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19));
  EXPECT_EQ(clock.steady(), Steady{});
}

std::vector<int> order_for_seed(uint64_t seed) {
  SimClock clock;
  SimWorkers workers(clock, seed, 50ms);
  return order_of_work(clock, workers);
}

TEST(SimWorkers, WithASeedShuffleTheSameWayEachTime) {
  EXPECT_EQ(order_for_seed(1), order_for_seed(1));
  EXPECT_NE(order_for_seed(1), order_for_seed(2));
  std::vector<int> sorted = order_for_seed(3);
  EXPECT_FALSE(std::is_sorted(sorted.begin(), sorted.end()));
  std::sort(sorted.begin(), sorted.end());
  EXPECT_EQ(sorted.size(), 20U);
  EXPECT_EQ(std::unique(sorted.begin(), sorted.end()), sorted.end());
}

Task<> throwing_work(Workers& workers) {
  auto work = [] { throw Error(ErrorKind::conflict, "taken"); };
  co_await workers.run(work);
}

TEST(SimWorkers, CarryAnExceptionBackAndRefuseWorkAfterACrash) {
  SimClock clock;
  SimWorkers workers(clock, 7, 50ms);
  EXPECT_THROW(clock.run(throwing_work(workers)), Error);
  clock.crash();
  EXPECT_THROW(clock.run(throwing_work(workers)), SimClock::Crash);
}

}  // namespace
}  // namespace nexpo

#include "base/task.hpp"

#include <gtest/gtest.h>

#include "base/started.hpp"
#include "support/sim_clock.hpp"

namespace nexpo {
namespace {

Task<int> add_one(int value, bool& started) {
  started = true;
  co_return value + 1;
}

TEST(Task, DoesNotStartUntilItIsAwaited) {
  bool started = false;
  Task<int> task = add_one(1, started);
  EXPECT_FALSE(started);
  SimClock clock;
  EXPECT_EQ(clock.run(std::move(task)), 2);
  EXPECT_TRUE(started);
}

Task<int> fail(ErrorKind kind) {
  throw Error(kind, "it failed");
  co_return 0;
}

TEST(Attempt, GivesTheErrorInsteadOfThrowingIt) {
  SimClock clock;
  const Result<int> result = clock.run(attempt(fail(ErrorKind::throttled)));
  ASSERT_EQ(result.index(), 1u);
  EXPECT_EQ(std::get<1>(result).kind(), ErrorKind::throttled);
  EXPECT_TRUE(std::get<1>(result).retryable());
}

Task<int> foreign() {
  throw std::runtime_error("not ours");
  co_return 0;
}

TEST(Attempt, TurnsForeignExceptionsIntoInternalErrors) {
  SimClock clock;
  const Result<int> result = clock.run(attempt(foreign()));
  EXPECT_EQ(std::get<1>(result).kind(), ErrorKind::internal);
  EXPECT_EQ(std::get<1>(result).message(), "not ours");
}

Task<> count_to(int rounds, int& counted) {
  for (int i = 0; i < rounds; ++i) {
    bool started = false;
    counted = co_await add_one(counted, started);
  }
}

// ASan's own frames defeat tail calls, so the depth that is tested there is small.
#ifdef __SANITIZE_ADDRESS__
constexpr int kReadyAwaits = 1'000;
#else
constexpr int kReadyAwaits = 1'000'000;
#endif

TEST(Task, AMillionReadyAwaitsNeedNoStack) {
  SimClock clock;
  int counted = 0;
  clock.run(count_to(kReadyAwaits, counted));
  EXPECT_EQ(counted, kReadyAwaits);
}

Task<int> slow(Clock& clock, int millis, std::string& order, char name) {
  order += name;
  co_await clock.sleep(Millis{millis});
  order += name;
  co_return millis;
}

Task<int> overlap(Clock& clock, std::string& order) {
  Started<int> first(slow(clock, 20, order, 'a'));
  Started<int> second(slow(clock, 10, order, 'b'));
  const int sum = co_await first.join();
  co_return sum + co_await second.join();
}

TEST(Started, WorkOverlapsAndIsCollectedInAnyOrder) {
  SimClock clock;
  std::string order;
  EXPECT_EQ(clock.run(overlap(clock, order)), 30);
  EXPECT_EQ(order, "abba");
  EXPECT_EQ(clock.steady().time_since_epoch(), std::chrono::milliseconds(20));
}

Task<int> start_failing() {
  Started<int> failing(fail(ErrorKind::invalid));
  co_return co_await failing.join();
}

TEST(Started, JoinThrowsWhatTheWorkThrew) {
  SimClock clock;
  EXPECT_THROW(clock.run(start_failing()), Error);
}

Task<int> hold(Clock& clock, Semaphore& semaphore, int& inside, int& inside_max) {
  const Semaphore::Permit permit = co_await semaphore.acquire();
  inside_max = std::max(inside_max, ++inside);
  co_await clock.sleep(Millis{5});
  --inside;
  co_return 0;
}

Task<int> crowd(Clock& clock, Semaphore& semaphore) {
  int inside = 0, inside_max = 0;
  std::vector<Started<int>> all;
  for (int i = 0; i < 10; ++i) all.emplace_back(hold(clock, semaphore, inside, inside_max));
  for (Started<int>& one : all) co_await one.join();
  co_return inside_max;
}

TEST(Semaphore, LetsNoMoreInThanItHasPermits) {
  SimClock clock;
  Semaphore semaphore(3);
  EXPECT_EQ(clock.run(crowd(clock, semaphore)), 3);
}

Task<> sleep_long(Clock& clock, CancelToken token) { co_await clock.sleep(Millis{1'000'000}, token); }

TEST(Cancel, WakesASleeperAtOnce) {
  SimClock clock;
  const CancelToken token = CancelToken::make();
  clock.after(std::chrono::milliseconds(5), [&] { token.cancel(); });
  try {
    clock.run(sleep_long(clock, token));
    FAIL() << "slept on";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::cancelled);
  }
  EXPECT_EQ(clock.steady().time_since_epoch(), std::chrono::milliseconds(5));
}

TEST(Cancel, ADefaultTokenIsNeverCancelled) {
  const CancelToken token;
  token.cancel();
  EXPECT_FALSE(token.cancelled());
}

}  // namespace
}  // namespace nexpo

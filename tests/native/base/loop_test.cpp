#include "base/loop.hpp"

#include <gtest/gtest.h>

#include <future>

#include "base/thread_workers.hpp"

namespace nexpo {
namespace {

/// Runs `task` on the loop and waits for its end; rethrows what it threw.
void run_on(Loop& loop, Task<> task) {
  std::promise<void> ended;
  loop.post([&] {
    spawn(std::move(task), [&](std::exception_ptr thrown) {
      if (thrown)
        ended.set_exception(thrown);
      else
        ended.set_value();
    });
  });
  ended.get_future().get();
}

TEST(Loop, RunsJobsInTheOrderTheyWerePosted) {
  std::vector<int> order;
  std::promise<void> ended;
  Loop loop;
  for (int i = 0; i < 100; ++i) loop.post([&order, i] { order.push_back(i); });
  loop.post([&] { ended.set_value(); });
  ended.get_future().get();
  ASSERT_EQ(order.size(), 100u);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(order[static_cast<size_t>(i)], i);
}

Task<> sleep_twice(Loop& loop, std::thread::id& woke_on) {
  co_await loop.sleep(Millis{1});
  co_await loop.sleep(Millis{0});
  woke_on = std::this_thread::get_id();
}

TEST(Loop, ASleeperWakesOnTheLoopThread) {
  Loop loop;
  std::thread::id woke_on, loop_thread;
  run_on(loop, sleep_twice(loop, woke_on));
  std::promise<void> ended;
  loop.post([&] {
    loop_thread = std::this_thread::get_id();
    ended.set_value();
  });
  ended.get_future().get();
  EXPECT_EQ(woke_on, loop_thread);
  EXPECT_NE(woke_on, std::this_thread::get_id());
}

Task<> sleep_until_cancelled(Loop& loop, CancelToken token) { co_await loop.sleep(Millis{3'600'000}, token); }

TEST(Loop, CancelEndsALongSleep) {
  Loop loop;
  const CancelToken token = CancelToken::make();
  loop.post([&] { loop.post([&] { token.cancel(); }); });
  EXPECT_THROW(run_on(loop, sleep_until_cancelled(loop, token)), Error);
}

Task<> visit(Workers& workers, std::thread::id& worked_on, std::thread::id& came_back_to) {
  auto work = [&worked_on] { worked_on = std::this_thread::get_id(); };
  co_await workers.run(work);
  came_back_to = std::this_thread::get_id();
}

TEST(ThreadWorkers, WorkLeavesTheLoopAndComesBack) {
  Loop loop;
  ThreadWorkers workers(loop, 2);
  std::thread::id worked_on, came_back_to;
  run_on(loop, visit(workers, worked_on, came_back_to));
  EXPECT_NE(worked_on, came_back_to);
}

Task<> visit_and_throw(Workers& workers) {
  auto work = []() -> int { throw Error(ErrorKind::conflict, "row is locked"); };
  co_await workers.run(work);
}

TEST(ThreadWorkers, AnExceptionOfTheWorkReachesTheAwaiter) {
  Loop loop;
  ThreadWorkers workers(loop, 1);
  EXPECT_THROW(run_on(loop, visit_and_throw(workers)), Error);
}

}  // namespace
}  // namespace nexpo

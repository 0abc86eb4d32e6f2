#include "sync/schedule.hpp"

#include <gtest/gtest.h>

#include <date/date.h>

#include <sstream>

#include "support/sim_clock.hpp"
#include "sync/scheduler.hpp"

namespace nexpo {
namespace {

Time at(const std::string& text) {
  std::istringstream in(text);
  Time time;
  in >> date::parse("%FT%TZ", time);
  return time;
}

std::string next_of(std::string_view cron, const std::string& after, std::string_view zone = "UTC") {
  const std::optional<Time> next = Schedule::parse(cron, zone).next(at(after));
  return next ? date::format("%FT%TZ", std::chrono::floor<std::chrono::seconds>(*next)) : "never";
}

TEST(Schedule, FindsTheNextTime) {
  EXPECT_EQ(next_of("*/15 * * * *", "2026-11-24T10:00:00Z"), "2026-11-24T10:15:00Z");
  EXPECT_EQ(next_of("*/15 * * * *", "2026-11-24T10:14:59Z"), "2026-11-24T10:15:00Z");
  EXPECT_EQ(next_of("0 6 * * mon-fri", "2026-11-27T06:00:00Z"), "2026-11-30T06:00:00Z");
  EXPECT_EQ(next_of("30 2 1 jan *", "2026-11-24T10:00:00Z"), "2027-01-01T02:30:00Z");
  EXPECT_EQ(next_of("0 0 29 2 *", "2026-11-24T10:00:00Z"), "2028-02-29T00:00:00Z");
  EXPECT_EQ(next_of("@daily", "2026-11-24T10:00:00Z"), "2026-11-25T00:00:00Z");
  EXPECT_EQ(next_of("0 0 30 2 *", "2026-11-24T10:00:00Z"), "never");
}

TEST(Schedule, EitherDayFieldMatchesWhenBothAreRestricted) {
  EXPECT_EQ(next_of("0 0 13 * 5", "2026-11-10T00:00:00Z"), "2026-11-13T00:00:00Z");
  EXPECT_EQ(next_of("0 0 13 * 5", "2026-11-13T00:00:00Z"), "2026-11-20T00:00:00Z");
}

TEST(Schedule, SundayIsZeroAndSeven) {
  EXPECT_EQ(next_of("0 0 * * 7", "2026-11-24T00:00:00Z"), "2026-11-29T00:00:00Z");
  EXPECT_EQ(next_of("0 0 * * 0", "2026-11-24T00:00:00Z"), "2026-11-29T00:00:00Z");
}

TEST(Schedule, KeepsLocalTimeOverClockChanges) {
  EXPECT_EQ(next_of("0 8 * * *", "2026-03-28T12:00:00Z", "Europe/Vienna"), "2026-03-29T06:00:00Z");
  EXPECT_EQ(next_of("CRON_TZ=Europe/Vienna 0 8 * * *", "2026-03-27T12:00:00Z"), "2026-03-28T07:00:00Z");
  // 02:30 does not exist on 29 March 2026 in Vienna: it runs when the clock jumps to 03:00
  EXPECT_EQ(next_of("30 2 * * *", "2026-03-28T12:00:00Z", "Europe/Vienna"), "2026-03-29T01:00:00Z");
  // 02:30 comes twice on 25 October 2026: the first one counts, then the next day
  EXPECT_EQ(next_of("30 2 * * *", "2026-10-24T12:00:00Z", "Europe/Vienna"), "2026-10-25T00:30:00Z");
  EXPECT_EQ(next_of("30 2 * * *", "2026-10-25T00:30:00Z", "Europe/Vienna"), "2026-10-26T01:30:00Z");
}

TEST(Schedule, RefusesWhatItCannotReadAndNamesTheField) {
  for (const auto& [cron, part] : std::vector<std::pair<std::string, std::string>>{{"61 * * * *", "minute"},
                                                                                   {"* 24 * * *", "hour"},
                                                                                   {"* * 0 * *", "day of month"},
                                                                                   {"* * * foo *", "month"},
                                                                                   {"* * * * 8", "day of week"},
                                                                                   {"5-1 * * * *", "minute"},
                                                                                   {"*/0 * * * *", "minute"},
                                                                                   {"* * *", "five"}}) {
    try {
      Schedule::parse(cron);
      ADD_FAILURE() << cron << " was taken";
    } catch (const Error& error) {
      EXPECT_NE(error.message().find(part), std::string::npos) << error.message();
    }
  }
  EXPECT_THROW(Schedule::parse("* * * * *", "Europe/Nowhere"), Error);
}

Task<> run_for_an_hour(SimClock& clock, std::vector<Time>& starts, Millis length, CancelToken stop) {
  std::function<Task<>()> run = [&] {
    starts.push_back(clock.now());
    return clock.sleep(length);
  };
  co_await run_on_schedule(clock, Schedule::parse("*/10 * * * *"), stop, run);
}

TEST(Scheduler, RunsAtEachDueTime) {
  SimClock clock;
  std::vector<Time> starts;
  const CancelToken stop = CancelToken::make();
  clock.after(std::chrono::minutes(65), [&] { stop.cancel(); });
  clock.run(run_for_an_hour(clock, starts, Millis{1'000}, stop));
  ASSERT_EQ(starts.size(), 6u);
  EXPECT_EQ(starts.front(), SimClock::kStart + std::chrono::minutes(10));
}

TEST(Scheduler, ALongRunMakesUpForMissedTimesOnceAndNeverOverlaps) {
  SimClock clock;
  std::vector<Time> starts;
  const CancelToken stop = CancelToken::make();
  clock.after(std::chrono::minutes(65), [&] { stop.cancel(); });
  clock.run(run_for_an_hour(clock, starts, Millis{25 * 60'000}, stop));
  ASSERT_EQ(starts.size(), 3u);  // at 10, at 35 for the missed 20 and 30, at 60 for the missed 40 to 60
  EXPECT_EQ(starts[1], SimClock::kStart + std::chrono::minutes(35));
  EXPECT_EQ(starts[2], SimClock::kStart + std::chrono::minutes(60));
}

}  // namespace
}  // namespace nexpo

#include "http/rate_limited.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "support/fake_client.hpp"
#include "support/sim_clock.hpp"

using namespace std::chrono_literals;

namespace nexpo::http {
namespace {

Response fine(const Request&, int) { return answer(200); }

Task<> send_many(Client& client, int count) {
  std::vector<Started<Response>> started;
  for (int i = 0; i < count; ++i) started.emplace_back(client.send(Request()));
  for (auto& one : started) co_await one.join();
}

/// The most requests in any period of this length, wherever it begins.
size_t most_in_any(std::chrono::microseconds period, const std::vector<Steady>& times) {
  size_t most = 0;
  for (auto first = times.begin(); first != times.end(); ++first) {
    const auto last = std::lower_bound(first, times.end(), *first + period);
    most = std::max(most, static_cast<size_t>(last - first));
  }
  return most;
}

TEST(RateLimited, LetsEverythingThroughWithoutLimits) {
  SimClock clock;
  FakeClient fake(clock, fine, 1s);
  RateLimited limited(fake, clock, RateLimit());
  clock.run(send_many(limited, 500));
  EXPECT_EQ(clock.steady() - Steady{}, 1s);
}

class RateLimitTable : public testing::TestWithParam<int> {};

TEST_P(RateLimitTable, NeverPassesTheLimitInAnyMinuteAndUsesMostOfIt) {
  const int limit = GetParam();
  SimClock clock;
  FakeClient fake(clock, fine);
  RateLimited limited(fake, clock, RateLimit{.per_minute = limit});
  clock.run(send_many(limited, limit * 10));
  EXPECT_LE(most_in_any(1min, fake.times), static_cast<size_t>(limit));
  EXPECT_LE(clock.steady() - Steady{}, limit == 2 ? 20min : 12min);
}

INSTANTIATE_TEST_SUITE_P(PerMinute, RateLimitTable, testing::Values(1, 2, 7, 10, 60, 100, 6000));

TEST(RateLimited, KeepsTheLimitPerHourToo) {
  SimClock clock;
  FakeClient fake(clock, fine);
  RateLimited limited(fake, clock, RateLimit{.per_minute = 60, .per_hour = 1000});
  clock.run(send_many(limited, 3000));
  EXPECT_LE(most_in_any(1min, fake.times), 60U);
  EXPECT_LE(most_in_any(1h, fake.times), 1000U);
  EXPECT_GE(most_in_any(1h, fake.times), 900U);
}

TEST(RateLimited, SavesUpNoMoreThanItsBurstWhileIdle) {
  SimClock clock;
  FakeClient fake(clock, fine);
  RateLimited limited(fake, clock, RateLimit{.per_minute = 60});
  clock.run_for(10h);
  clock.run(send_many(limited, 200));
  EXPECT_LE(most_in_any(1min, fake.times), 60U);
  EXPECT_EQ(most_in_any(1ms, fake.times), 6U);
}

TEST(RateLimited, KeepsTheNumberInFlight) {
  SimClock clock;
  FakeClient fake(clock, fine, 1s);
  RateLimited limited(fake, clock, RateLimit{.concurrent_max = 4});
  clock.run(send_many(limited, 40));
  EXPECT_EQ(fake.in_flight_max, 4);
  EXPECT_EQ(clock.steady() - Steady{}, 10s);
}

TEST(RateLimited, FreesItsPlaceWhenARequestFails) {
  SimClock clock;
  FakeClient fake(clock, [](const Request&, int) -> Response { throw Error(ErrorKind::unavailable, "down"); });
  RateLimited limited(fake, clock, RateLimit{.concurrent_max = 1});
  for (int i = 0; i < 3; ++i) EXPECT_THROW(clock.run(limited.send(Request())), Error);
}

TEST(RateLimited, EndsAWaitForATokenWhenTheRequestIsCancelled) {
  SimClock clock;
  FakeClient fake(clock, fine);
  RateLimited limited(fake, clock, RateLimit{.per_minute = 1});
  clock.run(limited.send(Request()));
  Request second;
  second.cancel = CancelToken::make();
  clock.after(5s, [token = second.cancel] { token.cancel(); });
  EXPECT_THROW(clock.run(limited.send(second)), Error);
  EXPECT_EQ(clock.steady() - Steady{}, 5s);
  EXPECT_EQ(fake.requests.size(), 1U);
}

TEST(RateLimited, EndsAWaitForAPlaceWhenTheRequestIsCancelled) {
  SimClock clock;
  FakeClient fake(clock, fine, 1h);
  RateLimited limited(fake, clock, RateLimit{.concurrent_max = 1});
  Started<Response> long_one(limited.send(Request()));
  Request second;
  second.cancel = CancelToken::make();
  Started<Response> third_waits(limited.send(Request()));
  clock.after(5s, [token = second.cancel] { token.cancel(); });
  EXPECT_THROW(clock.run(limited.send(second)), Error);
  EXPECT_EQ(clock.steady() - Steady{}, 5s);
  clock.settle();
  EXPECT_TRUE(third_waits.done());
  EXPECT_EQ(fake.requests.size(), 2U);
}

}  // namespace
}  // namespace nexpo::http

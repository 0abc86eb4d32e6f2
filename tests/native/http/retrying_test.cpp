#include "http/retrying.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/fake_client.hpp"
#include "support/sim_clock.hpp"

using namespace std::chrono_literals;

namespace nexpo::http {
namespace {

std::optional<Error> by_status(const Request& request, const Response& response) {
  if (response.status < 300) return {};
  const std::string text = request.method + ": HTTP " + std::to_string(response.status);
  if (response.status == 429) return Error(ErrorKind::throttled, text).with_code("SLOW_DOWN");
  if (response.status == 502) return Error(ErrorKind::unavailable, text).with_unknown_outcome();
  if (response.status >= 500) return Error(ErrorKind::unavailable, text);
  return Error(ErrorKind::invalid, text).with_field("email");
}

class RetryingTest : public testing::Test {
 protected:
  /// What send() gives or throws, for answers that `script` gives.
  Result<Response> result_of(FakeClient::Script script, Request request = {}, RetryPolicy policy = {},
                             uint64_t seed = 1) {
    fake.emplace(clock, std::move(script));
    Retrying retrying(*fake, clock, by_status, policy, seed);
    return clock.run(attempt(retrying.send(std::move(request))));
  }
  Millis passed() const { return std::chrono::ceil<Millis>(clock.steady() - Steady{}); }
  static int status_of(const Result<Response>& result) {
    EXPECT_EQ(result.index(), 0U);
    return result.index() == 0 ? std::get<0>(result).status : 0;
  }
  static Error error_of(const Result<Response>& result) {
    EXPECT_EQ(result.index(), 1U);
    return result.index() == 1 ? std::get<1>(result) : Error(ErrorKind::internal, "");
  }

  SimClock clock;
  std::optional<FakeClient> fake;
};

TEST_F(RetryingTest, PassesASuccessOnWithoutWaiting) {
  const auto result = result_of([](const Request&, int) { return answer(200, "fine"); });
  EXPECT_EQ(std::get<0>(result).body, "fine");
  EXPECT_EQ(passed(), 0ms);
}

TEST_F(RetryingTest, MarksAnAnswerThatCameAfterAnAttemptOfUnknownOutcome) {
  const auto after = [&](int first) {
    return std::get<0>(result_of([&](const Request&, int number) { return answer(number == 1 ? first : 200); }));
  };
  EXPECT_FALSE(after(200).in_doubt);
  EXPECT_FALSE(after(503).in_doubt);
  EXPECT_TRUE(after(502).in_doubt);
}

TEST_F(RetryingTest, RepeatsTheSameRequestUntilItIsAnswered) {
  Request request;
  request.method = "PATCH";
  request.body = "text";
  const auto result = result_of([](const Request&, int number) { return answer(number < 4 ? 503 : 200); }, request);
  EXPECT_EQ(status_of(result), 200);
  ASSERT_EQ(fake->requests.size(), 4U);
  for (const Request& sent : fake->requests) EXPECT_EQ(sent.method + std::string(sent.body.view()), "PATCHtext");
}

TEST_F(RetryingTest, RepeatsAfterAnErrorOfTheNetwork) {
  const auto result = result_of([](const Request&, int number) {
    if (number == 1) throw Error(ErrorKind::unavailable, "cut").with_unknown_outcome();
    return answer(200);
  });
  EXPECT_EQ(status_of(result), 200);
}

TEST_F(RetryingTest, DoesNotRepeatWhatARepeatCannotMend) {
  const Error error = error_of(result_of([](const Request&, int) { return answer(400); }));
  EXPECT_EQ(error.kind(), ErrorKind::invalid);
  EXPECT_EQ(error.message(), "GET: HTTP 400");
  EXPECT_EQ(error.field(), "email");
  EXPECT_EQ(fake->requests.size(), 1U);
}

TEST_F(RetryingTest, GivesUpAfterTheLastAttemptAndSaysHowMany) {
  RetryPolicy policy;
  policy.attempts_max = 3;
  const Error error = error_of(result_of([](const Request&, int) { return answer(429); }, {}, policy));
  EXPECT_EQ(error.kind(), ErrorKind::throttled);
  EXPECT_EQ(error.message(), "GET: HTTP 429 (attempt 3)");
  EXPECT_EQ(error.code(), "SLOW_DOWN");
  EXPECT_EQ(fake->requests.size(), 3U);
}

TEST_F(RetryingTest, NeverRepeatsACreateWhoseOutcomeIsUnknown) {
  Request create;
  create.method = "POST";
  create.idempotent = false;
  const auto cut = [](const Request&, int) -> Response {
    throw Error(ErrorKind::unavailable, "cut").with_unknown_outcome();
  };
  EXPECT_TRUE(error_of(result_of(cut, create)).outcome_unknown());
  EXPECT_EQ(fake->requests.size(), 1U);
  EXPECT_TRUE(error_of(result_of([](const Request&, int) { return answer(502); }, create)).outcome_unknown());
  EXPECT_EQ(fake->requests.size(), 1U);
}

TEST_F(RetryingTest, RepeatsACreateThatWasNeverSentOrWasTurnedAway) {
  Request create;
  create.method = "POST";
  create.idempotent = false;
  const auto script = [](const Request&, int number) {
    if (number == 1) throw Error(ErrorKind::unavailable, "connection refused");
    return answer(number == 2 ? 503 : 201);
  };
  EXPECT_EQ(status_of(result_of(script, create)), 201);
}

TEST_F(RetryingTest, DrawsItsWaitsFromARangeThatDoublesUpToItsLimit) {
  RetryPolicy policy;
  policy.attempts_max = 8;
  policy.delay_min = 1s;
  policy.delay_max = 10s;
  policy.waits_max = 1h;
  std::vector<Millis> longest(7, 0ms), shortest(7, 1h);
  for (uint64_t seed = 0; seed < 300; ++seed) {
    result_of([](const Request&, int) { return answer(503); }, {}, policy, seed);
    for (size_t i = 0; i < 7; ++i) {
      const Millis wait = std::chrono::ceil<Millis>(fake->times[i + 1] - fake->times[i]);
      longest[i] = std::max(longest[i], wait);
      shortest[i] = std::min(shortest[i], wait);
    }
  }
  const std::vector<Millis> most{1s, 2s, 4s, 8s, 10s, 10s, 10s};
  for (size_t i = 0; i < 7; ++i) {
    EXPECT_LE(longest[i], most[i]);
    EXPECT_GT(longest[i], most[i] * 9 / 10) << "the range is used to its end";
    EXPECT_LT(shortest[i], most[i] / 10) << "and from its beginning";
  }
}

TEST_F(RetryingTest, TakesTheSameCourseForTheSameSeed) {
  const auto course = [this](uint64_t seed) {
    result_of([](const Request&, int) { return answer(503); }, {}, {}, seed);
    std::vector<Millis> waits;
    for (size_t i = 1; i < fake->times.size(); ++i)
      waits.push_back(std::chrono::ceil<Millis>(fake->times[i] - fake->times[0]));
    return waits;
  };
  EXPECT_EQ(course(5), course(5));
  EXPECT_NE(course(5), course(6));
}

TEST_F(RetryingTest, WaitsAsLongAsTheServerAsks) {
  result_of([](const Request&, int number) {
    return number == 1 ? answer(429, "", {{"Retry-After", "7"}}) : answer(200);
  });
  EXPECT_GE(passed(), 7s);
  EXPECT_LE(passed(), 7s + RetryPolicy().delay_min);
}

TEST_F(RetryingTest, CountsAnAskedDateFromTheServersClock) {
  clock.step_wall(-3h);  // ours is wrong
  result_of([](const Request&, int number) {
    return number == 1
               ? answer(503, "",
                        {{"Date", "Thu, 01 Jan 2026 00:00:00 GMT"}, {"Retry-After", "Thu, 01 Jan 2026 00:00:20 GMT"}})
               : answer(200);
  });
  EXPECT_GE(passed(), 20s);
  EXPECT_LE(passed(), 20s + RetryPolicy().delay_min);
}

TEST_F(RetryingTest, IsNotHungByALyingRetryAfter) {
  for (const char* lie : {"86400", "99999999999999999999", "Fri, 31 Dec 2099 23:59:59 GMT"}) {
    const Steady start = clock.steady();
    const auto result = result_of([lie](const Request&, int number) {
      return number == 1 ? answer(429, "", {{"Retry-After", lie}}) : answer(200);
    });
    EXPECT_EQ(status_of(result), 200) << lie;
    EXPECT_LE(clock.steady() - start, RetryPolicy().asked_max + RetryPolicy().delay_min) << lie;
  }
}

TEST_F(RetryingTest, GivesUpWhenAllWaitsTogetherAreTooLong) {
  RetryPolicy policy;
  policy.attempts_max = 1000;
  const Error error = error_of(result_of(
      [](const Request&, int) {
        return answer(429, "", {{"Retry-After", "3600"}});
      },
      {}, policy));
  EXPECT_LE(passed(), policy.waits_max);
  EXPECT_EQ(error.retry_after(), Millis(3600s)) << "whoever plans the next run learns what was really asked";
}

TEST_F(RetryingTest, PrefersTheWaitThatTheConnectorReadFromTheBody) {
  fake.emplace(clock, [](const Request&, int number) { return answer(number == 1 ? 429 : 200); });
  const auto classify = [](const Request&, const Response& response) -> std::optional<Error> {
    if (response.status == 200) return {};
    return Error(ErrorKind::throttled, "policy: TEN_SECONDLY_ROLLING", Millis(10s));
  };
  Retrying retrying(*fake, clock, classify, {}, 1);
  clock.run(retrying.send(Request()));
  EXPECT_GE(passed(), 10s);
}

TEST_F(RetryingTest, StopsWaitingWhenTheRequestIsCancelled) {
  Request request;
  request.cancel = CancelToken::make();
  clock.after(3s, [token = request.cancel] { token.cancel(); });
  const Error error = error_of(result_of(
      [](const Request&, int) {
        return answer(429, "", {{"Retry-After", "50"}});
      },
      request));
  EXPECT_EQ(error.kind(), ErrorKind::cancelled);
  EXPECT_EQ(passed(), 3s);
}

}  // namespace
}  // namespace nexpo::http

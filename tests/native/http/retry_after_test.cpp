#include "http/retry_after.hpp"

#include <gtest/gtest.h>

#include "http/http_date.hpp"
#include "support/fake_client.hpp"

using namespace std::chrono_literals;

namespace nexpo::http {
namespace {

constexpr Time kNovember1994{std::chrono::microseconds{784'111'777'000'000}};  // 1994-11-06T08:49:37Z

std::optional<Millis> wait_for(const std::string& value, const std::string& date = "") {
  Response response = answer(429, "", {{"Retry-After", value}});
  if (!date.empty()) response.headers.add("Date", date);
  return retry_after_of(response, kNovember1994);
}

TEST(HttpDate, ReadsAllThreeSpellingsOfRfc9110) {
  EXPECT_EQ(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT"), kNovember1994);
  EXPECT_EQ(parse_http_date("Sunday, 06-Nov-94 08:49:37 GMT"), kNovember1994);
  EXPECT_EQ(parse_http_date("Sun Nov  6 08:49:37 1994"), kNovember1994);
  EXPECT_EQ(parse_http_date("Thu, 29 Feb 2024 00:00:00 GMT"), Time(std::chrono::seconds(1'709'164'800)));
}

TEST(HttpDate, RefusesWhatIsNoDate) {
  for (const char* text : {"", "120", "yesterday", "Sun, 31 Feb 2024 00:00:00 GMT", "Sun, 06 Nox 1994 08:49:37 GMT",
                           "Sun, 06 Nov 1994 25:49:37 GMT", "Sun, 06 Nov 1994"})
    EXPECT_EQ(parse_http_date(text), std::nullopt) << text;
}

TEST(RetryAfter, ReadsSeconds) {
  EXPECT_EQ(wait_for("0"), 0ms);
  EXPECT_EQ(wait_for("120"), 120s);
  EXPECT_EQ(wait_for("1.5"), 2s);
}

TEST(RetryAfter, ReadsADateAgainstTheServersOwnClock) {
  EXPECT_EQ(wait_for("Sun, 06 Nov 1994 08:50:37 GMT"), 60s);
  EXPECT_EQ(wait_for("Sun, 06 Nov 1994 08:50:37 GMT", "Sun, 06 Nov 1994 08:50:30 GMT"), 7s);
  EXPECT_EQ(wait_for("Sun, 06 Nov 1994 08:00:00 GMT"), 0ms) << "a date that is past";
}

TEST(RetryAfter, IgnoresWhatItDoesNotUnderstand) {
  EXPECT_EQ(retry_after_of(answer(429), kNovember1994), std::nullopt);
  for (const char* text : {"", "-5", "soon", "5s", "1.", "1.x", "0x10"})
    EXPECT_EQ(wait_for(text), std::nullopt) << text;
}

TEST(RetryAfter, TurnsAbsurdlyLongWaitsIntoAYear) {
  EXPECT_EQ(wait_for("999999999999"), 365 * 24h);
  EXPECT_EQ(wait_for("999999999999999999999999999"), 365 * 24h);
  EXPECT_EQ(wait_for("Sun, 06 Nov 9994 08:49:37 GMT"), 365 * 24h);
}

}  // namespace
}  // namespace nexpo::http

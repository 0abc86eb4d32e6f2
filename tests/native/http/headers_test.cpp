#include <gtest/gtest.h>

#include "http/client.hpp"
#include "http/counted.hpp"
#include "support/fake_client.hpp"
#include "support/sim_clock.hpp"

namespace nexpo::http {
namespace {

TEST(Headers, IgnoreTheCaseOfNamesAndGiveTheLastOfSeveral) {
  Headers headers;
  headers.add("X-A", "1");
  headers.add("x-a", "2");
  headers.add("X-AB", "3");
  EXPECT_EQ(headers.get("X-a"), "2");
  EXPECT_EQ(headers.get("X"), "");
  headers.set("X-A", "4");
  EXPECT_EQ(headers.get("x-a"), "4");
  EXPECT_EQ(std::distance(headers.begin(), headers.end()), 2);
}

TEST(Counted, CountsAttemptsWhetherTheySucceedOrNot) {
  SimClock clock;
  FakeClient fake(clock, [](const Request&, int number) {
    if (number == 2) throw Error(ErrorKind::unavailable, "down");
    return answer(200);
  });
  Counted counted(fake);
  clock.run(counted.send(Request()));
  EXPECT_THROW(clock.run(counted.send(Request())), Error);
  EXPECT_EQ(counted.calls(), 2U);
}

}  // namespace
}  // namespace nexpo::http

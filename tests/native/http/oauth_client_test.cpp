#include "http/oauth_client.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/fake_client.hpp"
#include "support/sim_clock.hpp"

using namespace std::chrono_literals;

namespace nexpo::http {
namespace {

/// Hands out "token-1", "token-2", ...; each takes a second.
class FakeTokens final : public TokenSource {
 public:
  explicit FakeTokens(Clock& clock) : clock_(clock) {}
  Task<Token> fetch() override {
    const int number = ++fetches;
    co_await clock_.sleep(1s);
    if (failures > 0) {
      --failures;
      throw Error(ErrorKind::unavailable, "token endpoint is down", Millis(3s)).with_unknown_outcome();
    }
    Token token{Secret("token-" + std::to_string(number)), base_url};
    co_return token;
  }
  int fetches = 0;
  int failures = 0;
  std::string base_url = "https://one.test";

 private:
  Clock& clock_;
};

bool expired(const Response& response) { return response.status == 401; }

/// The fake server takes only this token.
FakeClient::Script takes(const std::string& good) {
  return [&good](const Request& request, int) {
    return answer(request.headers.get("Authorization") == "Bearer " + good ? 200 : 401);
  };
}

Request get(std::string url) {
  Request request;
  request.url = std::move(url);
  return request;
}

Task<std::vector<int>> send_together(Client& client, int count) {
  std::vector<Started<Response>> started;
  for (int i = 0; i < count; ++i) started.emplace_back(client.send(get("/x")));
  std::vector<int> statuses;
  for (auto& one : started) {
    auto result = co_await attempt(one.join());
    statuses.push_back(result.index() == 0 ? std::get<0>(result).status : -1);
  }
  co_return statuses;
}

class OAuthClientTest : public testing::Test {
 protected:
  SimClock clock;
  FakeTokens tokens{clock};
  std::string good = "token-1";
  FakeClient server{clock, takes(good), 100ms};
  OAuthClient client{server, tokens, expired};
};

TEST_F(OAuthClientTest, FetchesATokenOnceAndPutsItOnEachRequest) {
  EXPECT_EQ(clock.run(client.send(get("/a"))).status, 200);
  EXPECT_EQ(clock.run(client.send(get("/b"))).status, 200);
  EXPECT_EQ(tokens.fetches, 1);
  EXPECT_EQ(server.requests[1].headers.get("Authorization"), "Bearer token-1");
}

TEST_F(OAuthClientTest, FetchesOneTokenForManyFirstRequests) {
  EXPECT_EQ(clock.run(send_together(client, 20)), std::vector<int>(20, 200));
  EXPECT_EQ(tokens.fetches, 1);
}

TEST_F(OAuthClientTest, ReplacesADeadTokenAndSendsTheRequestAgain) {
  clock.run(client.send(get("/a")));
  good = "token-2";
  EXPECT_EQ(clock.run(client.send(get("/b"))).status, 200);
  EXPECT_EQ(tokens.fetches, 2);
  EXPECT_EQ(server.requests.size(), 3U);
}

TEST_F(OAuthClientTest, FetchesOneNewTokenHoweverManyFindTheOldOneDead) {
  clock.run(client.send(get("/a")));
  good = "token-2";
  EXPECT_EQ(clock.run(send_together(client, 20)), std::vector<int>(20, 200));
  EXPECT_EQ(tokens.fetches, 2);
}

/// One slow request goes out with the old token; while it is under way a quick one gets the new token.
Task<std::vector<int>> overlap(SimClock& clock, OAuthClient& client) {
  Started<Response> slow(client.send(get("/slow")));
  const Response quick = co_await client.send(get("/quick"));
  EXPECT_FALSE(slow.done()) << "at " << (clock.steady() - Steady{}).count();
  const Response late = co_await slow.join();
  co_return std::vector<int>{quick.status, late.status};
}

TEST_F(OAuthClientTest, DoesNotFetchAgainForARequestThatStartedBeforeTheNewestToken) {
  clock.run(client.send(get("/a")));
  FakeClient slow_server(clock, takes(good), 10s);
  class Fork final : public Client {
   public:
    Fork(Client& quick, Client& slow) : quick_(quick), slow_(slow) {}
    Task<Response> send(Request request) override {
      return (request.url.ends_with("/slow") ? slow_ : quick_).send(std::move(request));
    }

   private:
    Client& quick_;
    Client& slow_;
  } fork(server, slow_server);
  OAuthClient forked(fork, tokens, expired);
  good = "token-2";
  clock.run(forked.send(get("/a")));
  good = "token-3";
  EXPECT_EQ(clock.run(overlap(clock, forked)), (std::vector<int>{200, 200}));
  EXPECT_EQ(tokens.fetches, 3) << "the slow request found the new token there";
  EXPECT_EQ(slow_server.requests.size(), 2U);
}

TEST_F(OAuthClientTest, RefreshesOncePerRequestAndThenLetsTheAnswerStand) {
  good = "none";
  EXPECT_EQ(clock.run(client.send(get("/a"))).status, 401);
  EXPECT_EQ(tokens.fetches, 2);
  EXPECT_EQ(server.requests.size(), 2U);
}

TEST_F(OAuthClientTest, LetsAFailedFetchFailAllThatWaitedForItAndTriesAnewAfterwards) {
  tokens.failures = 1;
  EXPECT_EQ(clock.run(send_together(client, 20)), std::vector<int>(20, -1));
  EXPECT_EQ(tokens.fetches, 1);
  good = "token-2";
  EXPECT_EQ(clock.run(client.send(get("/a"))).status, 200);
  EXPECT_EQ(tokens.fetches, 2);
}

TEST_F(OAuthClientTest, KnowsTheOutcomeOfARequestWhoseTokenCouldNotBeFetched) {
  tokens.failures = 1;
  try {
    clock.run(client.send(get("/a")));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::unavailable);
    EXPECT_EQ(error.retry_after(), Millis(3s));
    EXPECT_FALSE(error.outcome_unknown()) << "it was never sent";
  }
  EXPECT_TRUE(server.requests.empty());
}

TEST_F(OAuthClientTest, FollowsAMoveOfTheAccountToAnotherHost) {
  clock.run(client.send(get("/services/data?x=1")));
  EXPECT_EQ(server.requests[0].url, "https://one.test/services/data?x=1");
  good = "token-2";
  tokens.base_url = "https://two.test/";
  clock.run(client.send(get("/services/data?x=1")));
  EXPECT_EQ(server.requests[1].url, "https://one.test/services/data?x=1");
  EXPECT_EQ(server.requests[2].url, "https://two.test/services/data?x=1");
}

TEST_F(OAuthClientTest, ShowsTheTokenToNoOtherHost) {
  EXPECT_EQ(clock.run(client.send(get("https://one.test:443/next"))).status, 200);
  for (const char* url : {"https://evil.test/x", "http://one.test/x", "https://one.test:8443/x",
                          "https://one.test.evil.test/x", "https://one.test@evil.test/x", "//evil.test/x"}) {
    try {
      clock.run(client.send(get(url)));
      FAIL() << url;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::invalid) << url;
      EXPECT_EQ(error.message().find("token-"), std::string::npos);
    }
  }
  EXPECT_EQ(server.requests.size(), 1U);
}

TEST_F(OAuthClientTest, TakesAbsoluteUrlsAsTheyAreWhenTheTokenNamesNoHost) {
  tokens.base_url = "";
  clock.run(client.send(get("https://anywhere.test/x")));
  EXPECT_EQ(server.requests[0].url, "https://anywhere.test/x");
}

Task<> cancelled_waiter(SimClock& clock, OAuthClient& client) {
  Started<Response> first(client.send(get("/a")));
  Request request = get("/b");
  request.cancel = CancelToken::make();
  const CancelToken token = request.cancel;
  Started<Response> second(client.send(std::move(request)));
  co_await clock.sleep(10ms);
  token.cancel();
  const auto result = co_await attempt(second.join());
  EXPECT_EQ(result.index(), 1U);
  EXPECT_EQ(clock.steady() - Steady{}, 10ms);
  const Response response = co_await first.join();
  EXPECT_EQ(response.status, 200);
}

TEST_F(OAuthClientTest, LetsAWaiterGoWhenItsRequestIsCancelled) { clock.run(cancelled_waiter(clock, client)); }

}  // namespace
}  // namespace nexpo::http

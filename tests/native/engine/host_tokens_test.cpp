#include "engine/host_tokens.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "base/started.hpp"
#include "support/sim_clock.hpp"

namespace nexpo {
namespace {

using nlohmann::json;

class HostTokensTest : public testing::Test {
 protected:
  Started<http::Token> ask(const std::string& credential, const std::string& refused = "", CancelToken cancel = {}) {
    return Started<http::Token>(tokens_.token(credential, refused, std::move(cancel)));
  }
  std::string taken(Started<http::Token>& asked) { return std::string(clock_.run(asked.join()).access_token.reveal()); }
  Error error_of(Started<http::Token>& asked) {
    try {
      (void)clock_.run(asked.join());
    } catch (const Error& error) {
      return error;
    }
    ADD_FAILURE() << "nothing was thrown";
    return Error(ErrorKind::internal, "");
  }
  bool answer(size_t event, const std::string& token) {
    const json given{{"accessToken", token}, {"instanceUrl", "https://acme.my.salesforce.com"}};
    return asks_.answer(events_.at(event).at("ask"), {{"token", given}});
  }

  SimClock clock_;
  std::vector<json> events_;
  HostAsks::OnEvent on_event_ = [this](const std::string& event) { events_.push_back(json::parse(event)); };
  HostAsks asks_{clock_, on_event_};
  AskedTokens tokens_{asks_};
};

TEST_F(HostTokensTest, TheHostIsAskedByAnEventAndItsAnswerIsTheToken) {
  auto asked = ask("acme");
  ASSERT_EQ(events_.size(), 1u);
  EXPECT_EQ(events_[0], json({{"type", "ask"}, {"ask", 1}, {"what", "token"}, {"credential", "acme"}, {"stale", ""}}));
  EXPECT_FALSE(asked.done());
  EXPECT_TRUE(answer(0, "t1"));
  const http::Token token = clock_.run(asked.join());
  EXPECT_EQ(token.access_token.reveal(), "t1");
  EXPECT_EQ(token.base_url, "https://acme.my.salesforce.com");
}

TEST_F(HostTokensTest, TheRefusedTokenIsNamedToTheHost) {
  auto asked = ask("acme", "t1");
  EXPECT_EQ(events_[0]["stale"], "t1");
  answer(0, "t2");
  EXPECT_EQ(taken(asked), "t2");
}

TEST_F(HostTokensTest, OneRequestIsUnderWayForEachCredential) {
  auto first = ask("acme"), second = ask("acme"), other = ask("other");
  EXPECT_EQ(events_.size(), 2u);
  answer(0, "t1");
  answer(1, "o1");
  EXPECT_EQ(taken(first), "t1");
  EXPECT_EQ(taken(second), "t1");
  EXPECT_EQ(taken(other), "o1");
}

TEST_F(HostTokensTest, WhoseTokenWasRefusedDoesNotTakeThatVeryOneFromAnothersRequest) {
  auto first = ask("acme");
  auto refused = ask("acme", "t1");
  answer(0, "t1");
  EXPECT_EQ(taken(first), "t1");
  clock_.run_for(std::chrono::milliseconds(1));
  ASSERT_EQ(events_.size(), 2u) << "it asks for itself";
  EXPECT_EQ(events_[1]["stale"], "t1");
  answer(1, "t2");
  EXPECT_EQ(taken(refused), "t2");
}

TEST_F(HostTokensTest, NothingIsKeptBetweenRequests) {
  auto first = ask("acme");
  answer(0, "t1");
  EXPECT_EQ(taken(first), "t1");
  auto second = ask("acme");
  EXPECT_EQ(events_.size(), 2u);
  answer(1, "t2");
  EXPECT_EQ(taken(second), "t2");
}

TEST_F(HostTokensTest, AnErrorOfTheHostFailsAllWhoWait) {
  auto first = ask("acme"), second = ask("acme");
  asks_.answer(1, {{"error", "the account was disconnected"}});
  for (Started<http::Token>* one : {&first, &second}) {
    const Error error = error_of(*one);
    EXPECT_EQ(error.kind(), ErrorKind::unauthorized);
    EXPECT_EQ(error.field(), "credential");
    EXPECT_NE(error.message().find("the account was disconnected"), std::string::npos);
  }
}

TEST_F(HostTokensTest, ASilentHostIsWaitedForAMinuteAndALateAnswerIsNobodys) {
  auto asked = ask("acme");
  const Steady began = clock_.steady();
  EXPECT_EQ(error_of(asked).kind(), ErrorKind::unavailable);
  EXPECT_EQ(clock_.steady() - began, kHostAnswerMax);
  EXPECT_FALSE(answer(0, "late"));
  auto again = ask("acme");
  EXPECT_EQ(events_.size(), 2u) << "the next one asks anew";
  answer(1, "t1");
  EXPECT_EQ(taken(again), "t1");
}

TEST_F(HostTokensTest, ACallerThatIsCancelledLeavesAndTheOthersStay) {
  const CancelToken cancel = CancelToken::make();
  auto leaving = ask("acme", "", cancel);
  auto staying = ask("acme");
  cancel.cancel();
  EXPECT_EQ(error_of(leaving).kind(), ErrorKind::cancelled);
  answer(0, "t1");
  EXPECT_EQ(taken(staying), "t1");
}

TEST_F(HostTokensTest, ClosingEndsAllWaitingAndAsksNoMore) {
  auto asked = ask("acme");
  asks_.close();
  EXPECT_EQ(error_of(asked).kind(), ErrorKind::cancelled);
  auto late = ask("acme");
  EXPECT_EQ(error_of(late).kind(), ErrorKind::cancelled);
  EXPECT_EQ(events_.size(), 1u);
}

}  // namespace
}  // namespace nexpo

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "connectors/salesforce/http_stack.hpp"
#include "connectors/salesforce/scripted_org.hpp"
#include "connectors/salesforce/settings.hpp"
#include "connectors/salesforce/token_answer.hpp"
#include "http/url.hpp"

namespace nexpo::salesforce {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kToken = "POST https://acme.my.salesforce.com/services/oauth2/token";

/// Notes what is kept, and how many calls had been made by then.
class NotedCredentials final : public CredentialStore {
 public:
  NotedCredentials(std::vector<std::string>& events, const http::FakeClient& client)
      : events_(events), client_(client) {}
  Task<std::optional<std::string>> get(std::string name) override {
    const auto found = kept.find(name);
    if (found == kept.end()) co_return std::nullopt;
    co_return found->second;
  }
  Task<> put(std::string name, std::string value) override {
    events_.push_back(name + " after call " + std::to_string(client_.requests.size()));
    kept[name] = std::move(value);
    co_return;
  }
  std::map<std::string, std::string> kept;

 private:
  std::vector<std::string>& events_;
  const http::FakeClient& client_;
};

class SalesforceLogin : public testing::Test {
 protected:
  static json config(json more) {
    json config = {{"loginUrl", "https://acme.my.salesforce.com"},
                   {"overlapSeconds", 600},
                   {"bulkThreshold", 1},
                   {"bulkWriteThreshold", 1},
                   {"parallelRequests", 1},
                   {"parallelResults", 1},
                   {"apiReservePercent", 5},
                   {"clientName", "test-client"}};
    config.update(more);
    return config;
  }
  std::unique_ptr<HttpStack> stack(json more, HostTokens* host = nullptr) {
    const json all = config(std::move(more));
    const ConnectorContext context{script.clock, script.workers, script.client, credentials,
                                   "sync-1/",    Log(),          script.cancel, host};
    return std::make_unique<HttpStack>(parse_login(all), parse_settings(all), context);
  }
  int get(HttpStack& http) {
    http::Request request;
    request.url = "/services/data/x";
    return script.clock.run(http.send(std::move(request))).status;
  }
  static std::string token(const std::string& text, const std::string& more = "") {
    return R"({"access_token":")" + text + R"(","instance_url":"https://i1.my.salesforce.com/")" + more + "}";
  }

  ScriptedOrg script;
  std::vector<std::string> events;
  NotedCredentials credentials{events, script.client};
};

const json kClient = {{"clientId", "id"}, {"clientSecret", "s3cret"}};
const json kRefresh = {{"clientId", "id"}, {"refreshToken", "first"}};

TEST_F(SalesforceLogin, CallsGoToTheInstanceThatTheTokenNames) {
  script.when(kToken, {.body = token("t1")});
  script.when("GET https://i1.my.salesforce.com/services/data/x", {});
  const auto http = stack(kClient);
  EXPECT_EQ(get(*http), 200);
  EXPECT_THAT(script.calls("oauth2/token")[0],
              HasSubstr("grant_type=client_credentials&client_id=id&client_secret=s3cret"));
  EXPECT_EQ(script.client.requests.back().headers.get("Authorization"), "Bearer t1");
  EXPECT_EQ(http->calls(), 2u);
}

TEST_F(SalesforceLogin, AnExpiredSessionIsReplacedOnceAndTheNewInstanceFollowed) {
  script.when(kToken, {.body = token("t1")});
  script.when(kToken, {.body = R"({"access_token":"t2","instance_url":"https://i2.my.salesforce.com"})"});
  script.when(
      "GET https://i1",
      {.status = 401, .body = R"([{"errorCode":"INVALID_SESSION_ID","message":"Session expired or invalid"}])"});
  script.when("GET https://i2", {});
  EXPECT_EQ(get(*stack(kClient)), 200);
}

TEST_F(SalesforceLogin, AnOrgThatMovedIsFollowedByItsTokenAndOtherwiseNamed) {
  script.when(kToken, {.body = token("t1")});
  script.when("GET https://i1",
              {.status = 302, .body = "", .headers = {{"Location", "https://i2.my.salesforce.com/x?sid=1"}}});
  script.when("GET https://i1", {});
  EXPECT_EQ(get(*stack(kClient)), 200);
  script.instead(kToken,
                 {.status = 302, .body = "", .headers = {{"Location", "https://new.my.salesforce.com/x?sid=1"}}});
  try {
    get(*stack(kClient));
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.field(), "loginUrl");
    EXPECT_THAT(error.message(), HasSubstr("https://new.my.salesforce.com"));
    EXPECT_THAT(error.message(), Not(HasSubstr("sid")));
  }
}

TEST_F(SalesforceLogin, ASessionThatIsNotForThisApiIsNotReplacedForEver) {
  script.when(kToken, {.body = token("t1")});
  script.when(
      "GET https://i1",
      {.status = 401,
       .body =
           R"([{"errorCode":"INVALID_SESSION_ID","message":"This session is not valid for use with the REST API"}])"});
  EXPECT_EQ(get(*stack(kClient)), 401);
  EXPECT_EQ(script.calls("oauth2/token").size(), 1u);
}

TEST_F(SalesforceLogin, ARotatedRefreshTokenIsDurableBeforeItsAccessTokenIsUsed) {
  script.when(kToken, {.body = token("t1", R"(,"refresh_token":"second")")});
  script.when("GET https://i1", {});
  const auto http = stack(kRefresh);
  get(*http);
  EXPECT_THAT(events, ElementsAre("sync-1/refreshToken after call 1")) << "the token call itself";
  EXPECT_THAT(script.calls("oauth2/token")[0], HasSubstr("refresh_token=first"));
  get(*stack(kRefresh));
  EXPECT_THAT(script.calls("oauth2/token")[1], HasSubstr("refresh_token=second"));
}

TEST_F(SalesforceLogin, ANewlyConfiguredRefreshTokenTakesOver) {
  script.when(kToken, {.body = token("t1", R"(,"refresh_token":"second")")});
  script.when("GET https://i1", {});
  get(*stack(kRefresh));
  get(*stack({{"clientId", "id"}, {"refreshToken", "other"}}));
  EXPECT_THAT(script.calls("oauth2/token")[1], HasSubstr("refresh_token=other"));
}

TEST_F(SalesforceLogin, ATokenRequestUnderWayIsWaitedForAndARefusalIsNot) {
  script.when(kToken,
              {.status = 400,
               .body = R"({"error":"invalid_grant","error_description":"token request is already being processed"})"});
  script.when(kToken, {.body = token("t1")});
  script.when("GET https://i1", {});
  EXPECT_EQ(get(*stack(kClient)), 200);
  script.instead(kToken,
                 {.status = 400, .body = R"({"error":"invalid_grant","error_description":"authentication failure"})"});
  try {
    get(*stack({{"clientId", "id"}, {"clientSecret", "s3cret"}, {"username", "ann"}, {"password", "hunter2"}}));
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::unauthorized);
    EXPECT_THAT(error.message(), Not(HasSubstr("hunter2")));
  }
  EXPECT_EQ(script.calls("oauth2/token").size(), 3u);
}

TEST_F(SalesforceLogin, ARefusalThatRepeatsWhatItWasSentTellsNoSecret) {
  script.instead(kToken, {.status = 400,
                          .body = R"({"error":"invalid_grant","error_description":)"
                                  R"("no: client_secret=s3cret%26x s3cret&x password=hunter2 first"})"});
  for (const json& given : {json{{"clientId", "id"}, {"clientSecret", "s3cret&x"}, {"refreshToken", "first"}},
                            json{{"clientId", "id"},
                                 {"clientSecret", "s3cret&x"},
                                 {"username", "ann"},
                                 {"password", "hunter2"},
                                 {"securityToken", ""}}}) {
    try {
      get(*stack(given));
      FAIL() << "no error";
    } catch (const Error& error) {
      EXPECT_THAT(error.message(), HasSubstr("invalid_grant: no: client_secret=*** ***"));
      EXPECT_THAT(error.message(), Not(HasSubstr(given.contains("password") ? "hunter2" : "first")));
    }
  }
}

TEST_F(SalesforceLogin, ASoapLoginGivesTheHostOfItsServerUrl) {
  script.when("POST https://acme.my.salesforce.com/services/Soap/u/64.0",
              {.body = "<soapenv:Envelope><loginResponse><result><passwordExpired>false</passwordExpired>"
                       "<serverUrl>https://i1.my.salesforce.com/services/Soap/u/64.0/00D</serverUrl><sessionId>s!1</"
                       "sessionId></result>"
                       "</loginResponse></soapenv:Envelope>"});
  script.when("GET https://i1", {});
  EXPECT_EQ(get(*stack({{"username", "a<b"}, {"password", "p&w"}, {"securityToken", "T"}, {"allowSoapLogin", true}})),
            200);
  EXPECT_THAT(script.calls("Soap")[0], HasSubstr("<p:username>a&lt;b</p:username><p:password>p&amp;wT</p:password>"));
  EXPECT_EQ(script.client.requests.back().headers.get("Authorization"), "Bearer s!1");
}

TEST_F(SalesforceLogin, AnExpiredPasswordIsAnErrorAlthoughTheLoginSucceeded) {
  EXPECT_THROW(parse_soap_login("<result><passwordExpired>true</passwordExpired><sessionId>s</sessionId></result>"),
               Error);
}

TEST_F(SalesforceLogin, TheFlowFollowsFromTheCredentials) {
  EXPECT_EQ(parse_login(config(kClient)).flow, Flow::client_credentials);
  EXPECT_EQ(parse_login(config(kRefresh)).flow, Flow::refresh_token);
  EXPECT_EQ(parse_login(config({{"clientId", "i"}, {"username", "u"}, {"privateKey", "k"}})).flow, Flow::jwt);
  const Login password = parse_login(
      config({{"clientId", "i"}, {"clientSecret", "s"}, {"username", "u"}, {"password", "p"}, {"securityToken", "t"}}));
  EXPECT_EQ(password.flow, Flow::password);
  EXPECT_EQ(password.password.reveal(), "pt");
}

TEST_F(SalesforceLogin, WhatIsMissingOrOnTheWrongHostIsNamed) {
  const auto blamed = [](json all) -> std::string {
    try {
      parse_login(all);
      return "taken";
    } catch (const Error& error) {
      return error.field() + " " + error.message();
    }
  };
  EXPECT_THAT(blamed(config(json::object())), HasSubstr("clientId"));
  EXPECT_THAT(blamed(config({{"clientId", "i"}, {"authentication", "password"}})), HasSubstr("clientSecret"));
  EXPECT_THAT(blamed(config({{"username", "u"}, {"password", "p"}})), HasSubstr("allowSoapLogin"));
  json shared = config(kClient);
  shared["loginUrl"] = "https://login.salesforce.com";
  EXPECT_THAT(blamed(shared), HasSubstr("My Domain"));
  shared["loginUrl"] = "https://acme.lightning.force.com";
  EXPECT_THAT(blamed(shared), HasSubstr("https://acme.my.salesforce.com"));
}

TEST_F(SalesforceLogin, TheAudienceOfAJwtIsTheLoginServerOfTheOrg) {
  const auto claims = [](const char* url) {
    Login login;
    login.url = url;
    return jwt_claims(login, SimClock::kStart);
  };
  const auto audience = [&](const char* url) { return claims(url)["aud"].get<std::string>(); };
  EXPECT_EQ(audience("https://acme.my.salesforce.com"), "https://login.salesforce.com");
  EXPECT_EQ(audience("https://acme--dev.sandbox.my.salesforce.com"), "https://test.salesforce.com");
  EXPECT_EQ(audience("https://test.salesforce.com"), "https://test.salesforce.com");
  EXPECT_EQ(audience("http://127.0.0.1:4800"), "http://127.0.0.1:4800");
  EXPECT_EQ(claims("https://test.salesforce.com")["exp"], 1'767'225'600 + 180);
}

/// A host program that has a list of tokens, and notes which ones it was told were refused.
class ListedTokens final : public HostTokens {
 public:
  explicit ListedTokens(std::vector<std::string> tokens) : tokens_(std::move(tokens)) {}
  Task<http::Token> token(std::string credential, std::string refused, CancelToken) override {
    asked.push_back(credential + ":" + refused);
    http::Token token;
    token.access_token = Secret(std::string(tokens_.at(std::min(asked.size(), tokens_.size()) - 1)));
    co_return token;
  }
  std::vector<std::string> asked;

 private:
  std::vector<std::string> tokens_;
};

const json kHost = {{"auth", "host"}, {"credential", "acme"}, {"instanceUrl", "https://i1.my.salesforce.com"}};
const ScriptedOrg::Answer kExpired = {
    .status = 401, .body = R"([{"errorCode":"INVALID_SESSION_ID","message":"Session expired or invalid"}])"};

TEST_F(SalesforceLogin, AHostGivesTheFirstTokenAndAnotherOneForARefusedOne) {
  ListedTokens host({"t1", "t2"});
  script.when("GET https://i1", kExpired);
  script.when("GET https://i1", {});
  EXPECT_EQ(get(*stack(kHost, &host)), 200);
  EXPECT_THAT(host.asked, ElementsAre("acme:", "acme:t1"));
  EXPECT_EQ(script.client.requests.back().headers.get("Authorization"), "Bearer t2");
  EXPECT_TRUE(script.calls("oauth2/token").empty()) << "the engine does not log in by itself";
  EXPECT_TRUE(credentials.kept.empty());
}

TEST_F(SalesforceLogin, AHostThatGivesTheRefusedTokenAgainIsToldWithoutShowingIt) {
  ListedTokens host({"t1-secret"});
  script.when("GET https://i1", kExpired);
  try {
    get(*stack(kHost, &host));
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::unauthorized);
    EXPECT_EQ(error.field(), "credential");
    EXPECT_THAT(error.message(), Not(HasSubstr("t1-secret")));
  }
}

TEST_F(SalesforceLogin, WithoutAHostItsLoginIsRefusedByName) {
  try {
    get(*stack(kHost));
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::invalid);
    EXPECT_EQ(error.field(), "auth");
  }
}

TEST_F(SalesforceLogin, WhatTheLoginOfAHostLacksIsNamed) {
  const std::vector<std::pair<std::string, json>> wrong = {
      {"credential", {{"auth", "host"}, {"instanceUrl", "https://i1.my.salesforce.com"}}},
      {"instanceUrl", {{"auth", "host"}, {"credential", "acme"}}},
      {"instanceUrl", {{"auth", "host"}, {"credential", "acme"}, {"instanceUrl", "https://acme.lightning.force.com"}}},
      {"authentication",
       {{"auth", "host"},
        {"credential", "acme"},
        {"instanceUrl", "https://i1.my.salesforce.com"},
        {"authentication", "jwt"}}}};
  for (const auto& [field, more] : wrong) {
    try {
      parse_login(config(more));
      ADD_FAILURE() << "taken: " << more;
    } catch (const Error& error) {
      EXPECT_EQ(error.field(), field) << more;
    }
  }
}

TEST_F(SalesforceLogin, TheReserveOfCallsIsLeftToPeople) {
  script.when(kToken, {.body = token("t1")});
  script.when("GET https://i1",
              {.headers = {{"Sforce-Limit-Info", "api-usage=96/100; per-app-api-usage=1/50(appName=x)"}}});
  script.when("GET https://i1", {.headers = {{"Sforce-Limit-Info", "api-usage=50/100"}}});
  const auto http = stack(kClient);
  EXPECT_EQ(get(*http), 200);
  try {
    get(*http);
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::throttled);
    EXPECT_THAT(error.message(), HasSubstr("96 of 100"));
  }
  EXPECT_EQ(script.calls("/services/data/x").size(), 1u) << "refused without a call";
  script.clock.run_for(std::chrono::minutes(5));
  EXPECT_EQ(get(*http), 200) << "one looks";
  EXPECT_EQ(get(*http), 200) << "calls came free";
}

TEST_F(SalesforceLogin, TheDailyLimitIsNotWaitedForButThatOfLongCallsIs) {
  script.when(kToken, {.body = token("t1")});
  script.when("GET https://i1",
              {.status = 403,
               .body = R"([{"errorCode":"REQUEST_LIMIT_EXCEEDED","message":"ConcurrentRequests Limit exceeded."}])"});
  script.when(
      "GET https://i1",
      {.status = 403, .body = R"([{"errorCode":"REQUEST_LIMIT_EXCEEDED","message":"TotalRequests Limit exceeded."}])"});
  EXPECT_EQ(get(*stack(kClient)), 403);
  EXPECT_EQ(script.calls("/services/data/x").size(), 2u);
}

TEST_F(SalesforceLogin, CallsKeepWithinTheLimitThatTheConfigurationSets) {
  script.when(kToken, {.body = token("t1")});
  for (int i = 0; i < 3; ++i) script.when("GET https://i1", {});
  json limited = kClient;
  limited["rateLimit"] = {{"perMinute", 1}};
  const auto http = stack(limited);
  const Steady before = script.clock.steady();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(get(*http), 200);
  EXPECT_GE(script.clock.steady() - before, std::chrono::minutes(1));
}

TEST_F(SalesforceLogin, ACallIsTriedAsOftenAsTheConfigurationSays) {
  script.when(kToken, {.body = token("t1")});
  script.when("GET https://i1", {.status = 503});
  json stubborn = kClient;
  stubborn["retry"] = {{"attempts", 2}};
  const auto http = stack(stubborn);
  EXPECT_THROW(get(*http), Error);
  EXPECT_EQ(script.calls("/services/data/x").size(), 2u);
}

TEST_F(SalesforceLogin, LimitsThatMakeNoSenseAreNamed) {
  const auto field_of = [this](const char* option, json value) {
    json all = config(kClient);
    all[option] = std::move(value);
    try {
      parse_settings(all);
    } catch (const Error& error) {
      return error.field();
    }
    return std::string("none");
  };
  EXPECT_EQ(field_of("rateLimit", {{"perMinute", 0}}), "rateLimit.perMinute");
  EXPECT_EQ(field_of("rateLimit", {{"perHour", "many"}}), "rateLimit.perHour");
  EXPECT_EQ(field_of("rateLimit", {{"perDay", 5}}), "rateLimit.perDay");
  EXPECT_EQ(field_of("retry", {{"attempts", 11}}), "retry.attempts");
}

}  // namespace
}  // namespace nexpo::salesforce

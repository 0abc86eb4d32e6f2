#include "connectors/salesforce/org.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "connectors/salesforce/scripted_org.hpp"

namespace nexpo::salesforce {
namespace {

using testing::HasSubstr;

TEST(SalesforceOrg, EveryCallAsksForJsonAndSaysWhoCalls) {
  ScriptedOrg script;
  EXPECT_EQ(script.clock.run(script.org->base()), "/services/data/v66.0");
  EXPECT_EQ(script.clock.run(script.org->base()), "/services/data/v66.0");
  ASSERT_EQ(script.client.requests.size(), 1u) << "the version is negotiated once";
  EXPECT_EQ(script.client.requests[0].headers.get("Accept"), "application/json");
  EXPECT_EQ(script.client.requests[0].headers.get("Sforce-Call-Options"), "client=test-client");
}

TEST(SalesforceOrg, ARefusalBecomesAnErrorThatSaysWhatWasTried) {
  ScriptedOrg script;
  script.when("GET /services/data/v66.0/query",
              {.status = 400, .body = R"([{"errorCode":"MALFORMED_QUERY","message":"no"}])"});
  try {
    script.clock.run(script.org->query("SELECT", false, "salesforce: query on Account"));
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "MALFORMED_QUERY");
    EXPECT_THAT(error.message(), HasSubstr("query on Account"));
  }
}

TEST(SalesforceOrg, ADescribeIsAskedForOnceAndThenOnlyWhetherItChanged) {
  ScriptedOrg script;
  const char* path = "GET /services/data/v66.0/sobjects/Contact/describe";
  std::string contact = payload("describe_user.json");
  contact.replace(contact.find("User"), 4, "Contact");
  script.when(path, {.body = contact, .headers = {{"Last-Modified", "Mon, 23 Nov 2026 08:00:00 GMT"}}});
  script.when(path, {.status = 304, .body = ""});
  const Org::DescribeRef first = script.clock.run(script.org->describe("Contact"));
  EXPECT_EQ(script.clock.run(script.org->describe("Contact")), first);
  EXPECT_EQ(script.calls("Contact/describe").size(), 1u);
  EXPECT_EQ(script.clock.run(script.org->describe_now("Contact")), first);
  EXPECT_EQ(script.client.requests.back().headers.get("If-Modified-Since"), "Mon, 23 Nov 2026 08:00:00 GMT");
}

TEST(SalesforceOrg, ALongStatementTravelsInABody) {
  ScriptedOrg script;
  script.when("POST /services/data/v66.0/composite",
              {.body = R"({"compositeResponse":[{"body":{"totalSize":1,"done":true,"records":[{"Id":"1"}]},)"
                       R"("httpHeaders":{},"httpStatusCode":200,"referenceId":"q"}]})"});
  const std::string soql = "SELECT Id FROM Account WHERE Name = '" + std::string(kQueryUrlBytesMax, 'x') + "'";
  const http::Response answer = script.clock.run(script.org->query(soql, true, "query"));
  EXPECT_EQ(answer.body, R"({"totalSize":1,"done":true,"records":[{"Id":"1"}]})");
  EXPECT_THAT(script.client.requests.back().body.view(), HasSubstr("/services/data/v66.0/queryAll?q=SELECT%20Id"));
}

TEST(SalesforceOrg, ARefusalInsideACompositeAnswerIsARefusal) {
  ScriptedOrg script;
  script.when("POST /services/data/v66.0/composite",
              {.body = R"({"compositeResponse":[{"body":[{"errorCode":"QUERY_TOO_COMPLICATED","message":"m"}],)"
                       R"("httpHeaders":{},"httpStatusCode":400,"referenceId":"q"}]})"});
  try {
    script.clock.run(script.org->query(std::string(kQueryUrlBytesMax, 'x'), false, "query"));
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "QUERY_TOO_COMPLICATED");
  }
}

TEST(SalesforceOrg, ACountComesWithTheServersTime) {
  ScriptedOrg script;
  script.when("SELECT COUNT() FROM Account WHERE Name != null",
              {.body = R"({"totalSize":42,"done":true,"records":[]})"});
  const Org::RowCount count = script.clock.run(script.org->count("Account", "Name != null", false));
  EXPECT_EQ(count.rows, 42);
  EXPECT_EQ(count.at, parse_time("2026-11-24T12:00:00Z"));
}

TEST(SalesforceOrg, AnObjectNameThatIsNoNameNeverReachesAPath) {
  ScriptedOrg script;
  EXPECT_THROW(script.clock.run(script.org->describe("Account/../User")), Error);
  EXPECT_THROW(script.clock.run(script.org->describe("Owner.Name")), Error);
  EXPECT_TRUE(script.client.requests.empty());
}

}  // namespace
}  // namespace nexpo::salesforce

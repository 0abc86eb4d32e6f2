#include "connectors/salesforce/errors.hpp"

#include <gtest/gtest.h>

namespace nexpo::salesforce {
namespace {

http::Response answer(int status, std::string body) {
  http::Response response;
  response.status = status;
  response.body = std::move(body);
  return response;
}

TEST(SalesforceErrors, RestArraysGiveCodeMessageAndField) {
  const Fault fault = fault_of(
      400,
      R"([{"message":"Required fields are missing: [Name]","errorCode":"REQUIRED_FIELD_MISSING","fields":["Name"]}])");
  EXPECT_EQ(fault.code, "REQUIRED_FIELD_MISSING");
  EXPECT_EQ(fault.field, "Name");
  const Error error = error_of(fault, 400, "salesforce: upsert of Account");
  EXPECT_EQ(error.kind(), ErrorKind::invalid);
  EXPECT_EQ(error.field(), "Name");
  EXPECT_NE(error.message().find("Required fields are missing"), std::string::npos);
}

TEST(SalesforceErrors, SeveralElementsBecomeOneMessage) {
  const Fault fault = fault_of(400, R"([{"errorCode":"FIELD_CUSTOM_VALIDATION_EXCEPTION","message":"one"},
                                        {"errorCode":"FIELD_CUSTOM_VALIDATION_EXCEPTION","message":"two"}])");
  EXPECT_EQ(fault.message, "one; two");
}

TEST(SalesforceErrors, CollectionRowsSayStatusCodeInsteadOfErrorCode) {
  EXPECT_EQ(fault_of(400, R"([{"statusCode":"DUPLICATE_VALUE","message":"m","fields":[]}])").code, "DUPLICATE_VALUE");
}

TEST(SalesforceErrors, OAuthObjectsAreRead) {
  const Error error =
      error_of(answer(400, R"({"error":"invalid_grant","error_description":"authentication failure"})"), "login");
  EXPECT_EQ(error.kind(), ErrorKind::unauthorized);
  EXPECT_EQ(error.code(), "invalid_grant");
}

TEST(SalesforceErrors, ATokenRequestUnderWayIsASpellOfWaitingAndNotTheEnd) {
  const Error error = error_of(
      answer(400, R"({"error":"invalid_grant","error_description":"token request is already being processed"})"),
      "login");
  EXPECT_EQ(error.kind(), ErrorKind::unavailable);
  EXPECT_TRUE(error.retry_after());
}

TEST(SalesforceErrors, BulkObjectsAndXmlAreRead) {
  EXPECT_EQ(fault_of(400, R"({"exceptionCode":"InvalidSessionId","exceptionMessage":"x"})").code, "InvalidSessionId");
  const Fault bulk = fault_of(400,
                              "<?xml version=\"1.0\"?><error xmlns=\"x\"><exceptionCode>InvalidVersion</exceptionCode>"
                              "<exceptionMessage>a &lt; b</exceptionMessage></error>");
  EXPECT_EQ(bulk.code, "InvalidVersion");
  EXPECT_EQ(bulk.message, "a < b");
  const Fault rest =
      fault_of(401, "<Errors><Error><errorCode>INVALID_SESSION_ID</errorCode><message>m</message></Error></Errors>");
  EXPECT_EQ(rest.code, "INVALID_SESSION_ID");
}

TEST(SalesforceErrors, SoapFaultsLoseTheirPrefix) {
  const Fault fault = fault_of(500,
                               "<soapenv:Envelope><soapenv:Fault><faultcode>sf:INVALID_LOGIN</faultcode>"
                               "<faultstring>no</faultstring></soapenv:Fault></soapenv:Envelope>");
  EXPECT_EQ(fault.code, "INVALID_LOGIN");
  EXPECT_EQ(error_of(fault, 500, "login").kind(), ErrorKind::unauthorized);
}

TEST(SalesforceErrors, HtmlPagesAndEmptyBodiesAreJudgedByTheirStatus) {
  const Error asleep = error_of(answer(420, "<html><head><title>Setting things up</title></head></html>"), "query");
  EXPECT_EQ(asleep.kind(), ErrorKind::unavailable);
  EXPECT_NE(asleep.message().find("Setting things up"), std::string::npos);
  EXPECT_EQ(error_of(answer(404, "<html></html>"), "query").kind(), ErrorKind::invalid);
  EXPECT_EQ(error_of(answer(429, ""), "query").kind(), ErrorKind::throttled);
  EXPECT_EQ(error_of(answer(406, ""), "query").kind(), ErrorKind::unavailable);
  EXPECT_EQ(error_of(answer(431, "<h1>Bad Message 431</h1>"), "query").kind(), ErrorKind::invalid);
}

TEST(SalesforceErrors, TheCodeDecidesBeforeTheStatus) {
  const char* quota = R"([{"errorCode":"REQUEST_LIMIT_EXCEEDED","message":"TotalRequests Limit exceeded."}])";
  const char* right = R"([{"errorCode":"INSUFFICIENT_ACCESS","message":"no"}])";
  EXPECT_EQ(error_of(answer(403, quota), "query").kind(), ErrorKind::throttled);
  EXPECT_EQ(error_of(answer(403, right), "query").kind(), ErrorKind::unauthorized);
}

TEST(SalesforceErrors, TheTwoKindsOfRequestLimitWaitDifferently) {
  const char* total = R"([{"errorCode":"REQUEST_LIMIT_EXCEEDED","message":"TotalRequests Limit exceeded."}])";
  const char* concurrent =
      R"([{"errorCode":"REQUEST_LIMIT_EXCEEDED","message":"ConcurrentPerOrgLongTxn Limit exceeded."}])";
  EXPECT_TRUE(daily_quota_exceeded(fault_of(403, total)));
  EXPECT_FALSE(daily_quota_exceeded(fault_of(403, concurrent)));
  EXPECT_GT(error_of(answer(403, total), "q").retry_after(), error_of(answer(403, concurrent), "q").retry_after());
}

TEST(SalesforceErrors, OnlyWhatAMomentMendsIsRepeatedAtOnce) {
  const char* total = R"([{"errorCode":"REQUEST_LIMIT_EXCEEDED","message":"TotalRequests Limit exceeded."}])";
  const char* concurrent = R"([{"errorCode":"REQUEST_LIMIT_EXCEEDED","message":"ConcurrentRequests Limit exceeded."}])";
  EXPECT_TRUE(worth_repeating(answer(503, "<html></html>"), "q"));
  EXPECT_TRUE(worth_repeating(answer(403, concurrent), "q"));
  EXPECT_FALSE(worth_repeating(answer(403, total), "q"));
  EXPECT_FALSE(worth_repeating(answer(400, R"([{"errorCode":"QUERY_TIMEOUT","message":"m"}])"), "q"));
  EXPECT_FALSE(worth_repeating(answer(400, R"([{"errorCode":"MALFORMED_QUERY","message":"m"}])"), "q"));
  EXPECT_FALSE(worth_repeating(answer(200, ""), "q"));
  EXPECT_FALSE(worth_repeating(answer(304, ""), "q"));
}

TEST(SalesforceErrors, AServerErrorMayHaveTakenEffect) {
  EXPECT_TRUE(error_of(answer(500, R"([{"errorCode":"UNKNOWN_EXCEPTION","message":"m"}])"), "w").outcome_unknown());
  EXPECT_FALSE(error_of(answer(400, R"([{"errorCode":"MALFORMED_QUERY","message":"m"}])"), "w").outcome_unknown());
}

TEST(SalesforceErrors, TheTwoTextsThatComeBackWithEveryTokenDoNotAskForANewOne) {
  EXPECT_TRUE(
      session_expired(answer(401, R"([{"message":"Session expired or invalid","errorCode":"INVALID_SESSION_ID"}])")));
  EXPECT_FALSE(session_expired(answer(
      401, R"([{"message":"This session is not valid for use with the REST API","errorCode":"INVALID_SESSION_ID"}])")));
  EXPECT_FALSE(session_expired(answer(401, R"([{"message":"Connected app is not attached to Agent"}])")));
  EXPECT_FALSE(session_expired(answer(403, "")));
}

TEST(SalesforceErrors, RowsAreSortedIntoNowLaterAndNever) {
  EXPECT_TRUE(row_was_locked("UNABLE_TO_LOCK_ROW", "m"));
  EXPECT_TRUE(row_was_locked("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "trigger: UNABLE_TO_LOCK_ROW, unable to"));
  EXPECT_FALSE(row_was_locked("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "trigger says no"));
  EXPECT_TRUE(
      row_may_pass_later("INVALID_FIELD", "Foreign key external ID: a-1 not found for field Ext__c in entity Account"));
  EXPECT_FALSE(row_may_pass_later("STRING_TOO_LONG", "m"));
}

TEST(SalesforceErrors, BulkRowErrorsAreTakenApart) {
  const Fault missing = parse_bulk_row_error("REQUIRED_FIELD_MISSING:Required fields are missing: [Name]:Name --");
  EXPECT_EQ(missing.code, "REQUIRED_FIELD_MISSING");
  EXPECT_EQ(missing.message, "Required fields are missing: [Name]");
  EXPECT_EQ(missing.field, "Name");
  const Fault lock = parse_bulk_row_error("UNABLE_TO_LOCK_ROW:unable to obtain exclusive access to this record:--");
  EXPECT_EQ(lock.code, "UNABLE_TO_LOCK_ROW");
  EXPECT_EQ(lock.field, "");
  EXPECT_EQ(parse_bulk_row_error("").code, "");
}

}  // namespace
}  // namespace nexpo::salesforce

#include "connectors/salesforce/writer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "connectors/salesforce/salesforce.hpp"
#include "connectors/salesforce/scripted_org.hpp"

namespace nexpo::salesforce {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kUpsert = "PATCH /services/data/v66.0/composite/sobjects/Account/Ext__c";
constexpr const char* kUpdate = "PATCH /services/data/v66.0/composite/sobjects";
constexpr const char* kIngest = "/services/data/v66.0/jobs/ingest";

std::string good(int number, bool created = true) {
  char id[19];
  std::snprintf(id, sizeof id, "001%012dAAA", number);
  return R"({"id":")" + std::string(id) + R"(","success":true,"created":)" + (created ? "true" : "false") +
         R"(,"errors":[]})";
}

std::string bad(std::string_view code, std::string_view message = "m") {
  return R"({"success":false,"errors":[{"statusCode":")" + std::string(code) + R"(","message":")" +
         std::string(message) + R"(","fields":[]}]})";
}

std::string list(std::initializer_list<std::string> elements) {
  std::string text = "[";
  for (const std::string& element : elements) text += (text.size() > 1 ? "," : "") + element;
  return text + "]";
}

class SalesforceWriting : public testing::Test {
 protected:
  void open(std::vector<std::string> names, std::string key, int64_t bulk_rows = 2'000) {
    Settings settings;
    settings.parallel_requests = 4;
    settings.bulk_write_rows = bulk_rows;
    settings.external_id_field = "Id";
    SalesforceTarget target(script.org, settings);
    WritePlan plan;
    plan.object = "Account";
    plan.fields = std::make_shared<const std::vector<std::string>>(std::move(names));
    plan.key_field = std::move(key);
    batch = RecordBatch(plan.fields, std::make_shared<Arena>());
    writer = script.clock.run(target.open(std::move(plan)));
  }
  void add(std::vector<Value> cells) { std::copy(cells.begin(), cells.end(), batch.add({}).begin()); }
  void add_key(std::string_view key) { batch.add({}).front() = Value::text(batch.arena()->copy(key)); }
  BatchReceipt write() { return script.clock.run(writer->write(batch)); }

  ScriptedOrg script;
  RecordBatch batch;
  std::unique_ptr<Writer> writer;
};

TEST_F(SalesforceWriting, EachRowGetsItsReceipt) {
  script.when(kUpsert, {.body = list({good(1), good(2, false), bad("STRING_TOO_LONG")})});
  open({"Ext__c", "Name"}, "Ext__c");
  EXPECT_EQ(writer->key_field(), "Ext__c");
  for (const char* key : {"a", "b", "c"}) add({Value::text(key), Value::text("n")});
  const BatchReceipt receipt = write();
  EXPECT_EQ(receipt.receipts[0].outcome, Outcome::created);
  EXPECT_EQ(receipt.receipts[0].target_key, "001000000000001AAA");
  EXPECT_EQ(receipt.receipts[1].outcome, Outcome::updated);
  EXPECT_EQ(receipt.receipts[2].outcome, Outcome::rejected);
  ASSERT_EQ(receipt.rejections.size(), 1u);
  EXPECT_EQ(receipt.rejections[0].row, 2u);
  EXPECT_EQ(receipt.rejections[0].code, "STRING_TOO_LONG");
  EXPECT_FALSE(receipt.rejections[0].retryable);
}

TEST_F(SalesforceWriting, CallsOf200AreInFlightSideBySide) {
  std::string body = "[";
  for (int i = 0; i < 200; ++i) body += (i ? "," : "") + good(i);
  script.when(kUpsert, {.body = body + "]"});
  open({"Ext__c"}, "Ext__c");
  for (int i = 0; i < 1'000; ++i) add_key("k" + std::to_string(i));
  const BatchReceipt receipt = write();
  EXPECT_TRUE(receipt.rejections.empty());
  EXPECT_EQ(script.calls(kUpsert).size(), 5u);
  EXPECT_EQ(script.client.in_flight_max, 4);
}

TEST_F(SalesforceWriting, OfTwoRowsWithOneKeyTheLaterOneIsSent) {
  script.when(kUpsert, {.body = list({good(1)})});
  open({"Ext__c", "Name"}, "Ext__c");
  add({Value::text("k"), Value::text("old")});
  add({Value::text("k"), Value::text("new")});
  const BatchReceipt receipt = write();
  EXPECT_EQ(receipt.receipts[0].outcome, Outcome::unchanged);
  EXPECT_EQ(receipt.receipts[1].outcome, Outcome::created);
  EXPECT_THAT(script.calls(kUpsert)[0], Not(HasSubstr("old")));
}

TEST_F(SalesforceWriting, TwoSpellingsOfOneIdAreOneRecord) {
  script.when(kUpdate, {.body = list({good(1)})});
  open({"Id", "Name"}, "Id");
  add({Value::text("001000000000001"), Value::text("old")});
  add({Value::text("001000000000001AAA"), Value::text("new")});
  add({Value::text("nobody"), Value::text("x")});
  add({Value(), Value::text("x")});
  const BatchReceipt receipt = write();
  EXPECT_EQ(receipt.receipts[1].outcome, Outcome::created) << "as the script says";
  EXPECT_TRUE(receipt.receipts[1].target_key.empty()) << "the id is the key";
  EXPECT_EQ(receipt.rejections[0].code, "MALFORMED_ID");
  EXPECT_EQ(receipt.rejections[1].code, "key_missing");
}

TEST_F(SalesforceWriting, RowsThatLostALockAreSentAgainAloneAndThenLeftForTheNextRun) {
  script.when(
      kUpsert,
      {.body = list({good(1), bad("UNABLE_TO_LOCK_ROW"), bad("CANNOT_EXECUTE_FLOW_TRIGGER", "UNABLE_TO_LOCK_ROW")})});
  script.when(kUpsert, {.body = list({good(2), bad("UNABLE_TO_LOCK_ROW")})});
  script.when(kUpsert, {.body = list({bad("UNABLE_TO_LOCK_ROW")})});
  open({"Ext__c"}, "Ext__c");
  for (const char* key : {"a", "b", "c"}) add_key(key);
  const BatchReceipt receipt = write();
  EXPECT_EQ(receipt.receipts[1].outcome, Outcome::created);
  EXPECT_EQ(receipt.receipts[2].outcome, Outcome::rejected);
  EXPECT_TRUE(receipt.rejections[0].retryable);
  EXPECT_EQ(script.calls(kUpsert).size(), 1u + kLockTriesMax);
}

TEST_F(SalesforceWriting, ARowThatSpoilsItsCallCostsNoOther) {
  const std::string spoiled = R"([{"errorCode":"JSON_PARSER_ERROR","message":"Cannot deserialize"}])";
  script.when(kUpsert, {.status = 400, .body = spoiled});    // a b c d
  script.when(kUpsert, {.status = 400, .body = spoiled});    // a b
  script.when(kUpsert, {.body = list({good(1)})});           // a
  script.when(kUpsert, {.status = 400, .body = spoiled});    // b
  script.when(kUpsert, {.body = list({good(3), good(4)})});  // c d
  open({"Ext__c"}, "Ext__c");
  for (const char* key : {"a", "b", "c", "d"}) add_key(key);
  const BatchReceipt receipt = write();
  ASSERT_EQ(receipt.rejections.size(), 1u);
  EXPECT_EQ(receipt.rejections[0].row, 1u);
  EXPECT_EQ(receipt.rejections[0].code, "JSON_PARSER_ERROR");
}

TEST_F(SalesforceWriting, ACallThatFailsAsAWholeIsThrownOnceTheOthersAreDone) {
  script.when(kUpsert, {.status = 503, .body = ""});
  open({"Ext__c"}, "Ext__c");
  for (int i = 0; i < 600; ++i) add_key("k" + std::to_string(i));
  try {
    write();
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::unavailable);
  }
  EXPECT_EQ(script.calls(kUpsert).size(), 3u);
}

TEST_F(SalesforceWriting, ALargeBatchGoesByBulkAndWhatACsvCannotSayByRest) {
  script.when(std::string("POST ") + kIngest, {.body = R"({"id":"750I","state":"Open"})"});
  script.when("PUT ", {.status = 201, .body = ""});
  script.when("PATCH /services/data/v66.0/jobs/ingest/750I", {.body = R"({"id":"750I","state":"UploadComplete"})"});
  script.when(std::string("GET ") + kIngest + "/750I", {.body = R"({"id":"750I","state":"JobComplete"})"});
  script.when("successfulResults",
              {.body = "\"sf__Id\",\"sf__Created\",\"Ext__c\",\"Name\"\n\"001000000000003AAA\",\"false\",\"c\",\"C\"\n"
                       "\"001000000000001AAA\",\"true\",\"a\",\"A\"\n"});
  script.when(
      "failedResults",
      {.body =
           "\"sf__Id\",\"sf__Error\",\"Ext__c\",\"Name\"\n\"\",\"STRING_TOO_LONG:too long:Name --\",\"d\",\"D\"\n"});
  script.when(kUpsert, {.body = list({good(2)})});
  open({"Ext__c", "Name"}, "Ext__c", 3);
  for (const char* key : {"a", "b", "c", "d", "e"}) add({Value::text(key), Value::text(*key == 'b' ? "#N/A" : "x")});
  const BatchReceipt receipt = write();
  EXPECT_EQ(receipt.receipts[0].outcome, Outcome::created);
  EXPECT_EQ(receipt.receipts[0].target_key, "001000000000001AAA");
  EXPECT_EQ(receipt.receipts[1].target_key, "001000000000002AAA") << "by REST";
  EXPECT_EQ(receipt.receipts[2].outcome, Outcome::updated);
  ASSERT_EQ(receipt.rejections.size(), 2u);
  EXPECT_EQ(receipt.rejections[0].code, "STRING_TOO_LONG");
  EXPECT_EQ(receipt.rejections[0].field, "Name");
  EXPECT_EQ(receipt.rejections[1].code, kUnprocessed);
  EXPECT_TRUE(receipt.rejections[1].retryable);
  EXPECT_THAT(script.calls("POST ")[0], HasSubstr(R"("externalIdFieldName":"Ext__c")"));
  EXPECT_THAT(script.calls("PUT ")[0], HasSubstr("Ext__c,Name\na,x\nc,x\nd,x\ne,x\n"));
}

TEST_F(SalesforceWriting, AJobStepThatWasDoneBeforeItsAnswerWasLostIsNotAFault) {
  const std::string further = R"([{"errorCode":"INVALIDJOBSTATE","message":"only one upload is allowed"}])";
  script.when(std::string("POST ") + kIngest, {.body = R"({"id":"750I","state":"Open"})"});
  script.when("PUT ", {.status = 400, .body = further});
  script.when("PATCH /services/data/v66.0/jobs/ingest/750I", {.status = 400, .body = further});
  script.when(std::string("GET ") + kIngest + "/750I", {.body = R"({"id":"750I","state":"JobComplete"})"});
  script.when("successfulResults",
              {.body = "\"sf__Id\",\"sf__Created\",\"Ext__c\"\n\"001000000000001AAA\",\"true\",\"a\"\n"});
  script.when("failedResults", {.body = ""});
  open({"Ext__c"}, "Ext__c", 0);
  add_key("a");
  EXPECT_EQ(write().receipts[0].outcome, Outcome::created);
}

TEST_F(SalesforceWriting, WhereBulkRefusesTheObjectEverythingGoesByRest) {
  script.when(std::string("POST ") + kIngest,
              {.status = 400, .body = R"([{"errorCode":"INVALIDENTITY","message":"not supported"}])"});
  script.when(kUpsert, {.body = list({good(1)})});
  open({"Ext__c"}, "Ext__c", 0);
  add_key("a");
  EXPECT_EQ(write().receipts[0].outcome, Outcome::created);
  EXPECT_EQ(script.log.size(), 1u);
}

TEST_F(SalesforceWriting, ARemovalFindsIdsByKeyAndWhatIsGoneIsDeleted) {
  script.when("/query?", {.body = R"({"done":true,"records":[{"Id":"001000000000007AAA","Ext__c":"k7"}]})"});
  script.when("DELETE ", {.body = list({bad("ENTITY_IS_DELETED"), bad("DELETE_FAILED"), good(7)})});
  open({"Ext__c"}, "Ext__c");
  for (const char* key : {"001000000000001AAA", "001000000000002AAA", "k7", "k8"}) {
    RowHead head;
    head.key = key;
    batch.add(head);
  }
  const BatchReceipt receipt = script.clock.run(writer->remove(batch, DeleteKind::soft));
  const auto outcome = [&](size_t row) { return receipt.receipts[row].outcome; };
  EXPECT_EQ(outcome(0), Outcome::deleted) << "gone already";
  EXPECT_EQ(outcome(1), Outcome::rejected);
  EXPECT_EQ(outcome(2), Outcome::deleted);
  EXPECT_EQ(outcome(3), Outcome::deleted) << "never was there";
  EXPECT_THAT(script.calls("DELETE ")[0],
              HasSubstr("ids=001000000000001AAA,001000000000002AAA,001000000000007AAA&allOrNone=false"));
  EXPECT_THAT(script.calls("/query?")[0], HasSubstr("WHERE Ext__c IN ('k7','k8')"));
}

TEST_F(SalesforceWriting, AUserWhoMayNotDeleteForGoodDeletesIntoTheRecycleBin) {
  script.when(std::string("POST ") + kIngest,
              {.status = 403, .body = R"([{"errorCode":"INSUFFICIENT_ACCESS","message":"no"}])"});
  script.when("DELETE ", {.body = list({good(1)})});
  open({"Id"}, "Id");
  for (int again = 0; again < 2; ++again) {
    RecordBatch keys(batch.shape(), batch.arena());
    RowHead head;
    head.key = "001000000000001AAA";
    keys.add(head);
    EXPECT_EQ(script.clock.run(writer->remove(keys, DeleteKind::hard)).receipts[0].outcome, Outcome::deleted);
  }
  EXPECT_EQ(script.calls("POST ").size(), 1u) << "asked once";
  EXPECT_EQ(script.log.size(), 1u);
}

TEST_F(SalesforceWriting, CurrentValuesComeBackUnderTheKeysThatWereAskedFor) {
  script.when(
      "/query?",
      {.body = R"({"done":true,"records":[{"Id":"001000000000001AAA","SystemModstamp":"2026-11-01T00:00:00.000+0000",)"
               R"("Ext__c":"a'","Name":"A"}]})"});
  open({"Ext__c", "Name"}, "Ext__c");
  const RecordBatch found = script.clock.run(writer->fetch({"a'", "b"}));
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found.head(0).key, "a'");
  EXPECT_THAT(found.row(0), ElementsAre(Value::text("a'"), Value::text("A")));
  EXPECT_THAT(script.calls("/query?")[0], HasSubstr(R"(WHERE Ext__c IN ('a\'','b'))"));

  open({"Id", "Name"}, "Id");
  const RecordBatch by_id = script.clock.run(writer->fetch({"001000000000001"}));
  ASSERT_EQ(by_id.size(), 1u);
  EXPECT_EQ(by_id.head(0).key, "001000000000001");
}

}  // namespace
}  // namespace nexpo::salesforce

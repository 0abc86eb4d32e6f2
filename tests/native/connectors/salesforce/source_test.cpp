#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "connectors/salesforce/deletions.hpp"
#include "connectors/salesforce/salesforce.hpp"
#include "connectors/salesforce/scripted_org.hpp"

namespace nexpo::salesforce {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* kNoDeletions = R"({"deletedRecords":[],"earliestDateAvailable":"2026-11-09T00:00:00.000+0000",)"
                                     R"("latestDateCovered":"2026-11-24T12:00:00.000+0000"})";

class SalesforceReading : public testing::Test {
 protected:
  SalesforceReading() {
    settings.overlap = std::chrono::minutes(10);
    settings.bulk_read_rows = 20'000;
    settings.parallel_results = 2;
    script.when("/deleted/", {.body = kNoDeletions});
    script.when("/query", {.body = query_answer({})});
  }
  void count(int64_t rows) {
    script.instead("COUNT()", {.body = R"({"totalSize":)" + std::to_string(rows) + R"(,"done":true,"records":[]})"});
  }
  std::unique_ptr<Reader> open(ReadPlan plan) {
    plan.object = "Account";
    if (plan.paths.empty()) plan.paths = {"Name"};
    SalesforceSource source(script.org, settings);
    return script.clock.run(source.read(std::move(plan)));
  }
  static ReadPlan since(const char* time, bool deletions = false) {
    ReadPlan plan;
    plan.incremental = true;
    plan.deletions = deletions;
    plan.from = {R"({"v":1,"since":")" + std::string(time) + "\"}"};
    return plan;
  }
  std::vector<std::string> removed(Reader& reader) {
    std::vector<std::string> keys;
    for (bool last = false; !last;) {
      page = script.clock.run(reader.next());
      for (size_t row = 0; row < page.records.size(); ++row) {
        if (page.records.head(row).op == RecordOp::remove) keys.emplace_back(page.records.head(row).key);
      }
      last = page.last;
    }
    return keys;
  }

  ScriptedOrg script;
  Settings settings;
  Page page;
};

TEST_F(SalesforceReading, TheNextRunStartsTheOverlapBeforeTheServersTimeOfThisOne) {
  count(0);
  const auto reader = open({});
  script.date = "Tue, 24 Nov 2026 13:00:00 GMT";  // what is answered later does not move the cursor
  EXPECT_TRUE(removed(*reader).empty());
  EXPECT_EQ(page.next.text, R"({"since":"2026-11-24T11:50:00Z","v":1})");
  EXPECT_TRUE(reader->complete());
}

TEST_F(SalesforceReading, AWindowReachesFromTheCursorThroughTheServersCurrentSecond) {
  count(0);
  const auto reader = open(since("2026-11-24T11:00:00Z"));
  removed(*reader);
  EXPECT_THAT(script.calls("query").back(),
              HasSubstr("SystemModstamp >= 2026-11-24T11:00:00Z AND SystemModstamp < 2026-11-24T12:00:01Z"));
  EXPECT_FALSE(reader->complete());
}

TEST_F(SalesforceReading, AStartIsTheGivenTimeOrTheOverlapBeforeTheServersTime) {
  SalesforceSource source(script.org, settings);
  const StartPoint now = script.clock.run(source.start_at("Account", std::nullopt));
  EXPECT_EQ(now.cursor.text, R"({"since":"2026-11-24T11:50:00Z","v":1})");
  EXPECT_EQ(now.stamp, "2026-11-24T11:50:00Z");
  const Time then{std::chrono::sys_days(std::chrono::year(2026) / 1 / 2) + std::chrono::milliseconds(1'500)};
  const StartPoint given = script.clock.run(source.start_at("Account", then));
  EXPECT_EQ(given.cursor.text, R"({"since":"2026-01-02T00:00:01Z","v":1})");
}

TEST_F(SalesforceReading, AReadOfAFewRecordsIsNotCountedAndNeverGoesByBulk) {
  count(1'000'000);
  ReadPlan plan;
  plan.records_wanted = 50;
  const auto reader = open(plan);
  (void)script.clock.run(reader->next());
  EXPECT_TRUE(script.calls("COUNT()").empty());
  EXPECT_TRUE(script.calls("jobs/query").empty());
  EXPECT_THAT(script.calls("query").back(), HasSubstr("LIMIT 50"));
}

TEST_F(SalesforceReading, FewRowsGoByRestAndManyByBulk) {
  count(20'000);
  open({});
  EXPECT_TRUE(script.calls("jobs/query").empty());
  count(20'001);
  script.when("POST /services/data/v66.0/jobs/query", {.body = R"({"id":"750A","state":"UploadComplete"})"});
  script.when("GET /services/data/v66.0/jobs/query/750A", {.body = R"({"id":"750A","state":"JobComplete"})"});
  open({});
  EXPECT_EQ(script.calls("POST /services/data/v66.0/jobs/query").size(), 1u);
}

TEST_F(SalesforceReading, ABinaryFieldIsRefusedByName) {
  ReadPlan plan;
  plan.object = "Account";
  plan.paths = {"Id", "photo__c"};
  SalesforceSource source(script.org, settings);
  const auto reader = script.clock.run(attempt(source.read(std::move(plan))));
  ASSERT_EQ(reader.index(), 1u);
  EXPECT_EQ(std::get<1>(reader).kind(), ErrorKind::invalid);
  EXPECT_EQ(std::get<1>(reader).field(), "Photo__c");
  EXPECT_THAT(std::get<1>(reader).message(), HasSubstr("not the bytes; leave it out"));
}

TEST_F(SalesforceReading, CompoundFieldsKeepAReadOnRest) {
  count(1'000'000);
  for (const char* path : {"BillingAddress", "BillingAddress.city"}) {
    ReadPlan plan;
    plan.paths = {path};
    open(std::move(plan));
  }
  EXPECT_TRUE(script.calls("jobs/query").empty());
}

TEST_F(SalesforceReading, AnObjectThatBulkRefusesIsReadByRest) {
  script.when(
      "POST /services/data/v66.0/jobs/query",
      {.status = 400,
       .body = R"([{"errorCode":"INVALIDENTITY","message":"Entity 'Account' is not supported by the Bulk API."}])"});
  script.when("/query?", {.body = query_answer({account(1)})});
  count(1'000'000);
  const auto reader = open({});
  EXPECT_EQ(script.clock.run(reader->next()).records.size(), 1u);
  ASSERT_EQ(script.log.size(), 1u);
  EXPECT_THAT(script.log[0], HasSubstr("reading by REST instead"));
}

TEST_F(SalesforceReading, ACountThatTimesOutMeansMany) {
  script.when("COUNT()", {.status = 400, .body = R"([{"errorCode":"QUERY_TIMEOUT","message":"m"}])"});
  script.when("POST /services/data/v66.0/jobs/query", {.body = R"({"id":"750A","state":"UploadComplete"})"});
  script.when("GET /services/data/v66.0/jobs/query/750A", {.body = R"({"id":"750A","state":"JobComplete"})"});
  open({});
  EXPECT_EQ(script.calls("POST /services/data/v66.0/jobs/query").size(), 1u);
}

TEST_F(SalesforceReading, AQueryThatTimesOutGoesOnAsABulkJobBehindTheLastRow) {
  count(5);
  script.when("/query?", {.body = query_answer({account(1), account(2)}, "/next")});
  script.when("GET /next", {.status = 400, .body = R"([{"errorCode":"QUERY_TIMEOUT","message":"m"}])"});
  script.when("POST /services/data/v66.0/jobs/query", {.body = R"({"id":"750A","state":"UploadComplete"})"});
  script.when("GET /services/data/v66.0/jobs/query/750A", {.body = R"({"id":"750A","state":"JobComplete"})"}, true);
  script.when("jobs/query/750A/resultPages", {.body = R"({"resultPages":[{"resultUrl":"/page"}]})"});
  script.when("GET /page", {.body = "Id,SystemModstamp,Name\n001000000000003AAA,2026-11-01T00:00:00.000Z,C\n"});
  const auto reader = open({});
  EXPECT_EQ(script.clock.run(reader->next()).records.size(), 2u);
  const Page rest = script.clock.run(reader->next());
  ASSERT_EQ(rest.records.size(), 1u);
  EXPECT_EQ(rest.records.head(0).key, "001000000000003AAA");
  EXPECT_TRUE(rest.last);
  EXPECT_TRUE(reader->complete());
  EXPECT_EQ(script.calls("GET /next").size(), 1u) << "a repeat would take as long again";
  EXPECT_THAT(script.calls("POST /services/data/v66.0/jobs/query")[0], HasSubstr("Id > '001000000000002AAA'"));
}

TEST_F(SalesforceReading, AQueryThatTimesOutOnWhatBulkRefusesIsAFailure) {
  count(5);
  script.when("/query?", {.status = 400, .body = R"([{"errorCode":"QUERY_TIMEOUT","message":"m"}])"});
  script.when("POST /services/data/v66.0/jobs/query",
              {.status = 400, .body = R"([{"errorCode":"INVALIDENTITY","message":"not by Bulk"}])"});
  const auto reader = open({});
  const auto page = script.clock.run(attempt(reader->next()));
  ASSERT_EQ(page.index(), 1u);
  EXPECT_EQ(std::get<1>(page).code(), "QUERY_TIMEOUT");
}

TEST_F(SalesforceReading, DeletionsComeFromTheRecycleBinAndFromTheFeedOnce) {
  count(2);
  script.when("/queryAll?", {.body = query_answer({account(1), account(2, "2026-11-24T11:30:00.000+0000", true)})});
  script.instead(
      "/deleted/",
      {.body =
           R"({"deletedRecords":[{"id":"001000000000002AAA"},{"id":"001000000000005"},{"id":"001000000000004AAA"}],)"
           R"("earliestDateAvailable":"2026-11-09T00:00:00.000+0000",)"
           R"("latestDateCovered":"2026-11-24T12:00:00.000+0000"})"});
  const auto reader = open(since("2026-11-24T11:00:20Z", true));
  EXPECT_THAT(removed(*reader), ElementsAre("001000000000002AAA", "001000000000004AAA", "001000000000005AAA"));
  EXPECT_THAT(script.calls("/deleted/")[0], HasSubstr("?start=2026-11-24T11:00:00Z&end=2026-11-24T12:01:00Z"))
      << "the server cuts seconds off, so the window is widened to whole minutes";
}

TEST_F(SalesforceReading, TheFeedResumesBehindTheIdsThatWereHandedOver) {
  count(0);
  script.instead("/deleted/", {.body = R"({"deletedRecords":[{"id":"001000000000002AAA"},{"id":"001000000000001AAA"}],)"
                                       R"("earliestDateAvailable":"2026-11-09T00:00:00.000+0000",)"
                                       R"("latestDateCovered":"2026-11-24T12:00:00.000+0000"})"});
  ReadPlan plan = since("2026-11-24T11:00:00Z", true);
  plan.page_records_max = 1;
  const auto reader = open(plan);
  script.clock.run(reader->next());
  plan.from = script.clock.run(reader->next()).next;
  EXPECT_THAT(removed(*open(plan)), ElementsAre("001000000000002AAA"));
  EXPECT_EQ(page.next.text, R"({"since":"2026-11-24T11:50:00Z","v":1})");
}

TEST_F(SalesforceReading, AFeedWithTooManyIdsIsAskedForInHalves) {
  count(0);
  const std::string covered = R"("latestDateCovered":"2026-11-24T12:00:00.000+0000"})";
  script.instead("start=2026-11-24T11:00:00Z&end=2026-11-24T12:01:00Z",
                 {.status = 400, .body = R"([{"errorCode":"EXCEEDED_ID_LIMIT","message":"m"}])"});
  script.instead("start=2026-11-24T11:00:00Z&end=2026-11-24T11:31:00Z",
                 {.body = R"({"deletedRecords":[{"id":"001000000000009AAA"}],)" + covered});
  script.instead("start=2026-11-24T11:30:00Z&end=2026-11-24T12:01:00Z",
                 {.body = R"({"deletedRecords":[{"id":"001000000000003AAA"},{"id":"001000000000009AAA"}],)" + covered});
  EXPECT_THAT(removed(*open(since("2026-11-24T11:00:00Z", true))),
              ElementsAre("001000000000003AAA", "001000000000009AAA"));
}

TEST_F(SalesforceReading, AnOpenTransactionHoldsTheCursorBack) {
  count(0);
  script.instead("/deleted/", {.body = R"({"deletedRecords":[],"earliestDateAvailable":"2026-11-09T00:00:00.000+0000",)"
                                       R"("latestDateCovered":"2026-11-24T10:30:00.000+0000"})"});
  removed(*open(since("2026-11-24T11:00:00Z", true)));
  EXPECT_EQ(page.next.text, R"({"since":"2026-11-24T10:30:00Z","v":1})");
  script.instead("/deleted/", {.body = R"({"deletedRecords":[],"earliestDateAvailable":"2026-11-09T00:00:00.000+0000",)"
                                       R"("latestDateCovered":"2026-11-24T09:00:00.000+0000"})"});
  removed(*open(since("2026-11-24T11:00:00Z", true)));
  EXPECT_EQ(page.next.text, R"({"since":"2026-11-24T11:50:00Z","v":1})") << "a mark of two hours ago says nothing";
}

TEST_F(SalesforceReading, DeletionsThatAreForgottenAskForAFullRun) {
  count(0);
  const auto refused = [&](ReadPlan plan) -> std::string {
    try {
      removed(*open(std::move(plan)));
      return "read";
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::invalid);
      return error.message();
    }
  };
  EXPECT_THAT(refused(since("2026-11-01T00:00:00Z", true)), HasSubstr("in full"));
  EXPECT_EQ(refused(since("2026-11-01T00:00:00Z", false)), "read");
  script.instead("/deleted/", {.body = R"({"deletedRecords":[],"earliestDateAvailable":"2026-11-24T11:30:00.000+0000",)"
                                       R"("latestDateCovered":"2026-11-24T12:00:00.000+0000"})"});
  EXPECT_THAT(refused(since("2026-11-24T11:00:00Z", true)), HasSubstr("in full"));
}

TEST_F(SalesforceReading, AFeedThatRefusesTheMinuteUnderWayIsAskedWithoutIt) {
  count(0);
  script.when(
      "end=2026-11-24T12:01:00Z",
      {.status = 400, .body = R"([{"errorCode":"INVALID_REPLICATION_DATE","message":"end is in the future"}])"});
  removed(*open(since("2026-11-24T11:00:00Z", true)));
  EXPECT_THAT(script.calls("/deleted/").back(), HasSubstr("end=2026-11-24T12:00:00Z"));
  script.when("/deleted/?start=2026-11-24T10",
              {.status = 400, .body = R"([{"errorCode":"INVALID_REPLICATION_DATE","message":"purged"}])"});
  EXPECT_THROW(removed(*open(since("2026-11-24T10:00:00Z", true))), Error);
}

class SalesforceFetching : public SalesforceReading {
 protected:
  RecordBatch fetch(std::vector<std::string> paths, const std::string& key_field, std::vector<std::string> keys) {
    SalesforceSource source(script.org, settings);
    FetchPlan plan{"Account", std::move(paths), key_field};
    return script.clock.run(source.fetch(std::move(plan), std::move(keys)));
  }
};

TEST_F(SalesforceFetching, RecordsComeByIdAsReadingGivesThem) {
  script.instead("/query", {.body = query_answer({account(1), account(2)})});
  count(2);
  const auto reader = open({});
  const Page read = script.clock.run(reader->next());
  const RecordBatch fetched = fetch({"Name"}, "", {"001000000000001", "001000000000002AAA", "no id", ""});
  EXPECT_THAT(script.calls("query").back(), HasSubstr("SELECT Id,SystemModstamp,Name FROM Account WHERE Id IN "
                                                      "('001000000000001','001000000000002AAA')"));
  ASSERT_EQ(fetched.size(), read.records.size());
  for (size_t row = 0; row < fetched.size(); ++row) {
    EXPECT_EQ(fetched.head(row).key, read.records.head(row).key);
    EXPECT_EQ(fetched.head(row).version, read.records.head(row).version);
    EXPECT_TRUE(fetched.row(row)[0] == read.records.row(row)[0]);
  }
}

TEST_F(SalesforceFetching, WhoChangedARecordLastIsToldWhereItIsAskedFor) {
  const std::string ours = R"({"LastModifiedById":"005000000000001AAA",)" + account(1).substr(1);
  const std::string another = R"({"LastModifiedById":"005000000000002AAA",)" + account(2).substr(1);
  script.instead("/query", {.body = query_answer({ours, another})});
  script.when("userinfo", {.body = R"({"user_id":"005000000000001"})"});
  count(2);
  ReadPlan plan;
  plan.editors = true;
  const auto reader = open(plan);
  const Page read = script.clock.run(reader->next());
  SalesforceSource source(script.org, settings);
  const RecordBatch fetched =
      script.clock.run(source.fetch({"Account", {"Name"}, "", true}, {"001000000000001AAA", "001000000000002AAA"}));
  EXPECT_THAT(script.calls("query").back(), HasSubstr("SELECT Id,SystemModstamp,LastModifiedById,Name FROM Account"));
  for (const RecordBatch* rows : {&read.records, &fetched}) {
    ASSERT_EQ(rows->size(), 2u);
    EXPECT_EQ(rows->head(0).editor, "005000000000001AAA");
    EXPECT_TRUE(rows->head(0).by_us);
    EXPECT_EQ(rows->head(1).editor, "005000000000002AAA");
    EXPECT_FALSE(rows->head(1).by_us);
  }
  EXPECT_EQ(script.calls("userinfo").size(), 1u);
}

TEST_F(SalesforceFetching, ALoginThatMayNotAskWhoItIsTakesNoChangeForItsOwn) {
  const std::string changed = R"({"LastModifiedById":"005000000000001AAA",)" + account(1).substr(1);
  script.instead("/query", {.body = query_answer({changed})});
  script.when("userinfo", {.status = 403, .body = "Bad_OAuth_Token"});
  SalesforceSource source(script.org, settings);
  const RecordBatch fetched = script.clock.run(source.fetch({"Account", {"Name"}, "", true}, {"001000000000001AAA"}));
  ASSERT_EQ(fetched.size(), 1u);
  EXPECT_EQ(fetched.head(0).editor, "005000000000001AAA");
  EXPECT_FALSE(fetched.head(0).by_us);
}

TEST_F(SalesforceFetching, KeysAreWrittenAsTheirFieldsTypeWantsThem) {
  fetch({"Name"}, "Name", {"O'Hara", "", std::string(5'000, 'x')});
  EXPECT_THAT(script.calls("query").back(), testing::EndsWith("WHERE Name IN ('O\\'Hara')"));
  fetch({"Name"}, "AnnualRevenue", {"7", "-2.5", "7; DROP", "1e3", ".5", "5.", ""});
  EXPECT_THAT(script.calls("query").back(), testing::EndsWith("WHERE AnnualRevenue IN (7,-2.5)"));
  fetch({"Name"}, "NumberOfEmployees", {"7", "-2.5"});
  EXPECT_THAT(script.calls("query").back(), testing::EndsWith("WHERE NumberOfEmployees IN (7)"));
  fetch({"Name"}, "SystemModstamp", {"2026-11-01T00:00:00.000+0000", "yesterday"});
  EXPECT_THAT(script.calls("query").back(), testing::EndsWith("WHERE SystemModstamp IN (2026-11-01T00:00:00Z)"));
}

TEST_F(SalesforceFetching, NothingIsAskedForIfNoKeyCanBeOne) {
  EXPECT_TRUE(fetch({"Name"}, "", {"no id", ""}).empty());
  EXPECT_TRUE(script.calls("query").empty());
}

TEST_F(SalesforceFetching, ManyKeysGoInStatementsUnderTheLimitAndLongAnswersGoOn) {
  std::vector<std::string> keys;
  for (int i = 0; i < 4'500; ++i) keys.push_back(fmt::format("001{:012}", i));
  script.instead("/query", {.body = query_answer({account(1)}, "/services/data/v66.0/query/more-1")});
  script.when("/query/more-1", {.body = query_answer({account(2)})});
  script.when("POST /services/data/v66.0/composite",
              {.body = R"({"compositeResponse":[{"body":)" + query_answer({account(3)}) +
                       R"(,"httpHeaders":{},"httpStatusCode":200,"referenceId":"q"}]})"});
  const RecordBatch fetched = fetch({"Name"}, "", keys);
  EXPECT_EQ(script.calls("composite").size(), 3u) << "2,000 keys at once, and a body carries what no URL holds";
  EXPECT_EQ(fetched.size(), 3u);
  const RecordBatch few = fetch({"Name"}, "", {"001000000000001"});
  EXPECT_EQ(few.size(), 2u) << "the answer says that more follows";
}

}  // namespace
}  // namespace nexpo::salesforce

#include "connectors/salesforce/bulk_query_reader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "connectors/salesforce/scripted_org.hpp"

namespace nexpo::salesforce {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* kHeader = "\"Id\",\"SystemModstamp\",\"Name\",\"Active__c\",\"AnnualRevenue\"\n";
constexpr const char* kList = "GET /services/data/v66.0/jobs/query/750A/resultPages";

std::string csv_row(int number) {
  char id[19];
  std::snprintf(id, sizeof id, "001%012dAAA", number);
  return '"' + std::string(id) + "\",\"2026-11-01T00:00:00.000Z\",\"Name " + std::to_string(number) +
         "\",\"true\",\"1.5\"\n";
}

std::string csv(std::initializer_list<int> numbers) {
  std::string text = kHeader;
  for (int number : numbers) text += csv_row(number);
  return text;
}

class SalesforceBulkQuery : public testing::Test {
 protected:
  SalesforceBulkQuery() {
    script.when("POST /services/data/v66.0/jobs/query", {.body = R"({"id":"750A","state":"UploadComplete"})"});
    script.when("GET /services/data/v66.0/jobs/query/750A", {.body = R"({"id":"750A","state":"InProgress"})"}, true);
    script.when("GET /services/data/v66.0/jobs/query/750A", {.body = R"({"id":"750A","state":"JobComplete"})"}, true);
    script.when(
        kList,
        {.body =
             R"({"resultPages":[{"resultUrl":"/r/1"},{"resultUrl":"/r/2"}],"nextRecordsUrl":"/more","done":false})"});
    script.when("GET /more", {.body = R"({"resultPages":[{"resultUrl":"/r/3"}],"done":true})"});
  }
  std::unique_ptr<BulkQueryReader> reader(int page_rows = 10, bool full = true) {
    BulkQueryReader::Plan plan;
    Shape slots = std::make_shared<const std::vector<std::string>>(
        std::vector<std::string>{"Name", "Active__c", "AnnualRevenue"});
    plan.columns = script.clock.run(resolve_columns(*script.org, "Account", slots));
    plan.full = full;
    plan.page_rows = page_rows;
    plan.streams = 2;
    plan.progress = progress;
    return std::make_unique<BulkQueryReader>(script.org, std::move(plan));
  }
  std::vector<std::string> names(Reader& reader, int pages_max = 100) {
    std::vector<std::string> all;
    for (int page_no = 0; page_no < pages_max; ++page_no) {
      const Page page = script.clock.run(reader.next());
      for (size_t row = 0; row < page.records.size(); ++row) all.emplace_back(page.records.row(row)[0].view());
      last_cursor = page.next;
      ended = page.last;
      if (page.last) break;
    }
    return all;
  }

  ScriptedOrg script;
  ReadProgress progress;
  Cursor last_cursor;
  bool ended = false;
};

TEST_F(SalesforceBulkQuery, TheJobHasNoOrderAndNoLimitAndPollsBackOff) {
  progress.window = {parse_time("2026-11-24T11:00:00Z"), parse_time("2026-11-24T12:00:00Z")};
  const auto rows = reader(10, false);
  script.clock.run(rows->start_job());
  const std::string made = script.calls("POST ")[0];
  EXPECT_THAT(made,
              HasSubstr("WHERE SystemModstamp >= 2026-11-24T11:00:00Z AND SystemModstamp < 2026-11-24T12:00:00Z\""));
  EXPECT_THAT(made, testing::Not(HasSubstr("ORDER BY")));
  EXPECT_THAT(made, testing::Not(HasSubstr("LIMIT")));
  EXPECT_EQ(script.calls("GET /services/data/v66.0/jobs/query/750A").size(), 2u);
}

TEST_F(SalesforceBulkQuery, ResultPagesAreReadInOrderAcrossListsWhilePagesAheadDownload) {
  script.when("GET /r/1", {.body = csv({1, 2, 3})});
  script.when("GET /r/2", {.body = csv({4})});
  script.when("GET /r/3", {.body = csv({5, 6})});
  const auto rows = reader(2);
  script.clock.run(rows->start_job());
  EXPECT_THAT(names(*rows), ElementsAre("Name 1", "Name 2", "Name 3", "Name 4", "Name 5", "Name 6"));
  EXPECT_TRUE(ended);
  EXPECT_GE(script.client.in_flight_max, 2);
  for (int page = 1; page <= 3; ++page) EXPECT_EQ(script.calls("GET /r/" + std::to_string(page)).size(), 1u);
}

TEST_F(SalesforceBulkQuery, CellsOfACsvBecomeWhatTheirFieldsAre) {
  script.when("GET /r/", {.body = csv({1})});
  const auto rows = reader();
  script.clock.run(rows->start_job());
  const Page page = script.clock.run(rows->next());
  EXPECT_EQ(page.records.head(0).key, "001000000000001AAA");
  EXPECT_EQ(page.records.head(0).version, "2026-11-01T00:00:00.000Z");
  EXPECT_THAT(page.records.row(0), ElementsAre(Value::text("Name 1"), Value::boolean(true), Value::number("1.5")));
}

TEST_F(SalesforceBulkQuery, AnyCursorResumesAtTheRowBehindIt) {
  script.when("GET /r/1", {.body = csv({1, 2, 3})});
  script.when("GET /r/2", {.body = csv({4})});
  script.when("GET /r/3", {.body = csv({5, 6})});
  for (int pages = 1; pages <= 5; ++pages) {
    progress = {};
    const auto rows = reader(1);
    script.clock.run(rows->start_job());
    std::vector<std::string> all = names(*rows, pages);
    progress = ReadProgress::parse(last_cursor);
    const auto resumed = reader(4);
    for (std::string& name : names(*resumed)) all.push_back(std::move(name));
    EXPECT_THAT(all, ElementsAre("Name 1", "Name 2", "Name 3", "Name 4", "Name 5", "Name 6")) << "after " << pages;
  }
}

TEST_F(SalesforceBulkQuery, ADownloadThatIsCutIsRepeatedFromTheLastWholePage) {
  script.when("GET /r/1", {.body = csv({1, 2, 3}), .cut = true});
  script.when("GET /r/1", {.body = csv({1, 2, 3})});
  script.when("GET /r/2", {.body = csv({4})});
  script.when("GET /r/3", {.body = kHeader});
  const auto rows = reader(10);
  script.clock.run(rows->start_job());
  EXPECT_THROW(script.clock.run(rows->next()), Error);
  EXPECT_THAT(names(*rows), ElementsAre("Name 1", "Name 2", "Name 3", "Name 4"));
}

TEST_F(SalesforceBulkQuery, LostResultsAreAskedForAgainWithTheSameWindow) {
  progress.stage = ReadProgress::Stage::bulk;
  progress.bulk = {"750OLD", "66.0", "/services/data/v66.0/jobs/query/750OLD/resultPages", 0, 2};
  script.when("750OLD", {.status = 404, .body = R"([{"errorCode":"NOT_FOUND","message":"gone"}])"});
  script.when("GET /r/", {.body = kHeader});
  script.when("GET /r/1", {.body = csv({1, 2, 3})});
  const auto rows = reader();
  EXPECT_THAT(names(*rows), ElementsAre("Name 1", "Name 2", "Name 3"));
  EXPECT_EQ(script.calls("POST /services/data/v66.0/jobs/query").size(), 1u);
  EXPECT_EQ(script.log.size(), 1u);
}

TEST_F(SalesforceBulkQuery, AnOldOrgGivesItsPagesOneAfterTheOther) {
  progress.stage = ReadProgress::Stage::bulk;
  progress.bulk = {"750B", "50.0", "/services/data/v50.0/jobs/query/750B/results", 0, 0};
  script.when("GET /services/data/v50.0/jobs/query/750B/results",
              {.body = csv({1, 2}), .headers = {{"Sforce-Locator", "L/2"}}});
  script.when("results?locator=L/2", {.body = csv({3}), .headers = {{"Sforce-Locator", "null"}}});
  const auto rows = reader(1);
  EXPECT_THAT(names(*rows), ElementsAre("Name 1", "Name 2", "Name 3"));
  progress = {};
  progress.stage = ReadProgress::Stage::bulk;
  progress.bulk = {"750B", "50.0", "/services/data/v50.0/jobs/query/750B/results?locator=L%2F2", 0, 0};
  EXPECT_THAT(names(*reader(1)), ElementsAre("Name 3"));
}

TEST_F(SalesforceBulkQuery, NoRowsAtAllIsAnEmptyLastPage) {
  for (const char* body : {"", kHeader}) {
    script.when("GET /r/", {.body = body});
    const auto rows = reader();
    script.clock.run(rows->start_job());
    EXPECT_TRUE(names(*rows).empty());
    EXPECT_TRUE(ended);
  }
}

TEST_F(SalesforceBulkQuery, AFailedJobSaysWhy) {
  ScriptedOrg failing;
  failing.when("POST /services/data/v66.0/jobs/query", {.body = R"({"id":"750F","state":"UploadComplete"})"});
  failing.when("GET /services/data/v66.0/jobs/query/750F",
               {.body = R"({"id":"750F","state":"Failed","errorMessage":"too complex"})"});
  BulkQueryReader::Plan plan;
  Shape slots = std::make_shared<const std::vector<std::string>>(std::vector<std::string>{"Name"});
  plan.columns = failing.clock.run(resolve_columns(*failing.org, "Account", slots));
  BulkQueryReader rows(failing.org, std::move(plan));
  try {
    failing.clock.run(rows.start_job());
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), kJobFailed);
    EXPECT_THAT(error.message(), HasSubstr("too complex"));
  }
}

TEST_F(SalesforceBulkQuery, AStoppedRunStopsItsDownloads) {
  script.when("GET /r/", {.body = csv({1})});
  const auto rows = reader();
  script.clock.run(rows->start_job());
  script.cancel.cancel();
  try {
    script.clock.run(rows->next());
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::cancelled);
  }
}

}  // namespace
}  // namespace nexpo::salesforce

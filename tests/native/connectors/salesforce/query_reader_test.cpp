#include "connectors/salesforce/query_reader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "connectors/salesforce/scripted_org.hpp"

namespace nexpo::salesforce {
namespace {

using testing::HasSubstr;

class SalesforceQueryReader : public testing::Test {
 protected:
  QueryReader reader(std::vector<std::string> paths, bool full = true, int page_rows = 2) {
    QueryReader::Plan plan;
    Shape slots = std::make_shared<const std::vector<std::string>>(std::move(paths));
    plan.columns = script.clock.run(resolve_columns(*script.org, "Account", slots));
    plan.full = full;
    plan.deleted_too = !full;
    plan.page_rows = page_rows;
    plan.statement_rows = 2;
    plan.progress = progress;
    return {script.org, std::move(plan)};
  }
  Page next(Reader& reader) { return script.clock.run(reader.next()); }

  ScriptedOrg script;
  ReadProgress progress;
};

const Seconds kNoon = *parse_time("2026-11-24T12:00:00Z");
constexpr const char* kQuery = "GET /services/data/v66.0/query?";
constexpr const char* kQueryAll = "GET /services/data/v66.0/queryAll?";

TEST_F(SalesforceQueryReader, AFullReadGoesByIdAndEachPageIsAStatementOfItsOwn) {
  script.when(kQuery, {.body = query_answer({account(1), account(2)})});
  script.when(kQuery, {.body = query_answer({account(3)})});
  progress.next = kNoon;
  QueryReader rows = reader({"Name"});
  EXPECT_TRUE(rows.complete());
  const Page first = next(rows);
  ASSERT_EQ(first.records.size(), 2u);
  EXPECT_EQ(first.records.head(0).key, "001000000000001AAA");
  EXPECT_EQ(first.records.head(0).version, "2026-11-01T00:00:00.000Z");
  EXPECT_EQ(first.records.row(1)[0], Value::text("Account 2"));
  EXPECT_FALSE(first.last);
  const Page second = next(rows);
  EXPECT_TRUE(second.last);
  EXPECT_EQ(second.next.text, R"({"since":"2026-11-24T12:00:00Z","v":1})");
  const std::vector<std::string> calls = script.calls("query?");
  EXPECT_THAT(calls[0], HasSubstr("SELECT Id,SystemModstamp,Name FROM Account ORDER BY Id ASC LIMIT 2"));
  EXPECT_THAT(calls[1], HasSubstr("WHERE Id > '001000000000002AAA' ORDER BY Id ASC LIMIT 2"));
}

TEST_F(SalesforceQueryReader, ARowWithHalfASurrogatePairCostsNoOther) {
  std::string broken = account(3);
  broken.replace(broken.find("Account 3"), 9, "Acc\\ud83d");
  script.when(kQuery, {.body = query_answer({account(1), account(2), broken})});
  QueryReader rows = reader({"Name"});
  EXPECT_TRUE(next(rows).unreadable.empty());
  const Page second = next(rows);
  ASSERT_EQ(second.records.size(), 1U);
  ASSERT_EQ(second.unreadable.size(), 1U);
  EXPECT_EQ(second.unreadable[0].row, 0U);
  EXPECT_EQ(second.unreadable[0].field, "Name");
}

TEST_F(SalesforceQueryReader, AWindowGoesByStampAndIdWithinItsBounds) {
  script.when(kQueryAll, {.body = query_answer({account(7, "2026-11-24T11:00:00.000+0000"),
                                                account(9, "2026-11-24T11:00:00.000+0000", true)})});
  script.when(kQueryAll, {.body = query_answer({})});
  progress.window = {kNoon - std::chrono::hours(1), kNoon};
  QueryReader rows = reader({"Name"}, false);
  EXPECT_FALSE(rows.complete());
  const Page page = next(rows);
  EXPECT_EQ(page.records.head(0).op, RecordOp::upsert);
  EXPECT_EQ(page.records.head(1).op, RecordOp::remove);
  EXPECT_TRUE(next(rows).last);
  const std::vector<std::string> calls = script.calls("queryAll?");
  EXPECT_THAT(calls[0],
              HasSubstr("WHERE SystemModstamp >= 2026-11-24T11:00:00Z AND SystemModstamp < 2026-11-24T12:00:00Z "
                        "ORDER BY SystemModstamp ASC, Id ASC"));
  EXPECT_THAT(calls[1], HasSubstr("(SystemModstamp > 2026-11-24T11:00:00Z OR (SystemModstamp = 2026-11-24T11:00:00Z "
                                  "AND Id > '001000000000009AAA'))"));
}

TEST_F(SalesforceQueryReader, ACursorResumesBehindTheLastRowOfItsPage) {
  script.when(kQuery, {.body = query_answer({account(1), account(2)})});
  QueryReader rows = reader({"Name"});
  progress = ReadProgress::parse(next(rows).next);
  EXPECT_EQ(progress.stage, ReadProgress::Stage::rows);
  QueryReader resumed = reader({"Name"});
  next(resumed);
  EXPECT_THAT(script.calls("query?").back(), HasSubstr("Id > '001000000000002AAA'"));
}

TEST_F(SalesforceQueryReader, OneCallFillsSeveralPagesAndEachHasItsCursor) {
  script.when(kQuery, {.body = query_answer({account(1), account(2)})});
  script.when(kQuery, {.body = query_answer({account(2)})});
  QueryReader rows = reader({"Name"}, true, 1);
  const Page first = next(rows);
  EXPECT_EQ(first.records.size(), 1u);
  EXPECT_EQ(next(rows).records.head(0).key, "001000000000002AAA");
  EXPECT_EQ(script.calls("query?").size(), 1u);
  progress = ReadProgress::parse(first.next);
  QueryReader resumed = reader({"Name"}, true, 1);
  EXPECT_TRUE(next(resumed).last);
  EXPECT_THAT(script.calls("query?").back(), HasSubstr("Id > '001000000000001AAA'"));
}

TEST_F(SalesforceQueryReader, AnAnswerThatIsCutShortOfItsLimitIsFollowedToItsEnd) {
  script.when(kQuery, {.body = query_answer({account(1)}, "/services/data/v66.0/query/01gA-1")});
  script.when("query/01gA-1", {.body = query_answer({account(2)})});
  QueryReader rows = reader({"Name"});
  EXPECT_FALSE(next(rows).last);
  const Page rest = next(rows);
  EXPECT_EQ(rest.records.head(0).key, "001000000000002AAA");
  EXPECT_FALSE(rest.last) << "the statement gave as many rows as its LIMIT, so more may follow";
}

TEST_F(SalesforceQueryReader, ALostServerCursorCostsNothing) {
  script.when(kQuery, {.body = query_answer({account(1)}, "/services/data/v66.0/query/01gA-1")});
  script.when(kQuery, {.body = query_answer({account(2)})});
  script.when("query/01gA-1", {.status = 400, .body = R"([{"errorCode":"INVALID_QUERY_LOCATOR","message":"m"}])"});
  QueryReader rows = reader({"Name"});
  next(rows);
  const Page page = next(rows);
  EXPECT_EQ(page.records.head(0).key, "001000000000002AAA");
  EXPECT_TRUE(page.last);
  EXPECT_THAT(script.calls("query?").back(), HasSubstr("Id > '001000000000001AAA'"));
}

TEST_F(SalesforceQueryReader, ADamagedAnswerIsWorthARepeatWhichGivesTheSamePage) {
  script.when(kQuery, {.body = query_answer({account(1), account(2)}).substr(0, 150)});
  script.when(kQuery, {.body = query_answer({account(1), account(2)})});
  QueryReader rows = reader({"Name"});
  try {
    next(rows);
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_TRUE(error.retryable());
  }
  EXPECT_EQ(next(rows).records.head(0).key, "001000000000001AAA");
  EXPECT_EQ(script.calls("query?")[0], script.calls("query?")[1]);
}

TEST_F(SalesforceQueryReader, WhatWasSelectedIsNeverUnset) {
  script.when(kQuery,
              {.body = query_answer({R"({"Id":"001000000000001AAA","SystemModstamp":"2026-11-01T00:00:00.000+0000",)"
                                     R"("Owner":null,"BillingAddress":{"city":"Ghent"},"CreatedDate":)"
                                     R"("2026-01-02T03:04:05.000+0000","AnnualRevenue":1.0E7,"Active__c":true})"})});
  QueryReader rows =
      reader({"Owner.Name", "BillingAddress.city", "createddate", "AnnualRevenue", "Active__c", "Rating"});
  const Page page = next(rows);
  const std::span<const Value> cells = page.records.row(0);
  EXPECT_EQ(cells[0], Value::null());
  EXPECT_EQ(cells[1], Value::text("Ghent"));
  EXPECT_EQ(cells[2], Value::text("2026-01-02T03:04:05.000Z"));
  EXPECT_EQ(cells[3], Value::number("1.0E7"));
  EXPECT_EQ(cells[4], Value::boolean(true));
  EXPECT_EQ(cells[5], Value::null());
  EXPECT_EQ((*page.records.shape())[2], "createddate") << "slots are called as the plan calls them";
  EXPECT_THAT(script.calls("query?").back(),
              HasSubstr("SELECT Id,SystemModstamp,Owner.Name,BillingAddress,CreatedDate,"));
}

TEST_F(SalesforceQueryReader, APathThatLeadsNowhereIsRefusedByName) {
  for (const char* path : {"Nothing", "Owner", "Owner.Nothing", "Owner.Manager.Name", "Name.x"}) {
    try {
      reader({path});
      FAIL() << path;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::invalid);
      EXPECT_EQ(error.field(), path);
    }
  }
}

}  // namespace
}  // namespace nexpo::salesforce

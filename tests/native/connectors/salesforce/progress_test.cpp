#include "connectors/salesforce/progress.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"

namespace nexpo::salesforce {
namespace {

const Seconds kNoon = *parse_time("2026-01-02T12:00:00Z");

TEST(SalesforceProgress, EveryStageSurvivesItsText) {
  ReadProgress rows;
  rows.stage = ReadProgress::Stage::rows;
  rows.next = kNoon;
  rows.window = {kNoon - std::chrono::hours(1), kNoon};
  rows.at = {kNoon - std::chrono::minutes(5), "001000000000001AAA"};
  const ReadProgress again = ReadProgress::parse(rows.cursor());
  EXPECT_EQ(again.stage, ReadProgress::Stage::rows);
  EXPECT_EQ(again.next, kNoon);
  EXPECT_EQ(again.window.low, rows.window.low);
  EXPECT_EQ(again.window.high, kNoon);
  EXPECT_EQ(again.at.stamp, rows.at.stamp);
  EXPECT_EQ(again.at.id, rows.at.id);

  ReadProgress bulk;
  bulk.stage = ReadProgress::Stage::bulk;
  bulk.bulk = {"750x", "66.0", "/list", 3, 1'234};
  const BulkPlace place = ReadProgress::parse(bulk.cursor()).bulk;
  EXPECT_EQ(place.job, "750x");
  EXPECT_EQ(place.list, "/list");
  EXPECT_EQ(place.page, 3);
  EXPECT_EQ(place.taken, 1'234);

  ReadProgress deleted;
  deleted.stage = ReadProgress::Stage::deleted;
  deleted.after_id = "001000000000009AAA";
  EXPECT_EQ(ReadProgress::parse(deleted.cursor()).after_id, "001000000000009AAA");
}

TEST(SalesforceProgress, BetweenRunsOnlyTheNextStartIsKept) {
  ReadProgress progress;
  progress.next = kNoon;
  EXPECT_EQ(progress.finished().text, R"({"since":"2026-01-02T12:00:00Z","v":1})");
  EXPECT_EQ(ReadProgress::parse(progress.finished()).stage, ReadProgress::Stage::between);
  EXPECT_EQ(ReadProgress::parse(progress.finished()).next, kNoon);
  EXPECT_TRUE(ReadProgress().finished().empty());
  EXPECT_EQ(ReadProgress::parse({}).stage, ReadProgress::Stage::between);
}

TEST(SalesforceProgress, ACursorThatIsNotOursAsksForAFullRun) {
  for (const char* text : {"junk", "[]", "{}", R"({"v":2})", R"({"v":1,"stage":"nap"})", R"({"v":1,"since":"today"})",
                           R"({"v":1,"stage":"bulk"})"}) {
    try {
      ReadProgress::parse({text});
      FAIL() << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::invalid);
      EXPECT_NE(error.message().find("in full"), std::string::npos) << error.message();
    }
  }
}

}  // namespace
}  // namespace nexpo::salesforce

#include <gmock/gmock.h>

#include "transformer/mapped.hpp"

namespace nexpo {
namespace {

using testing::HasSubstr;

struct ChangeRow {
  const char *options, *text, *result;
};

void expect_rows(std::initializer_list<ChangeRow> rows) {
  for (const ChangeRow& row : rows) {
    const std::string result =
        format(std::string(R"({"date":)") + row.options + "}", '"' + std::string(row.text) + '"');
    if (row.result[0] == ' ') {
      EXPECT_THAT(result, HasSubstr(row.result)) << row.options << ' ' << row.text;
    } else {
      EXPECT_EQ(result, '"' + std::string(row.result) + '"') << row.options << ' ' << row.text;
    }
  }
}

TEST(DateAdd, KeepsToTheEndOfTheMonth) {
  expect_rows({
      {R"({"add":{"months":1}})", "2024-01-31", "2024-02-29"},
      {R"({"add":{"months":1}})", "2023-01-31", "2023-02-28"},
      {R"({"add":{"months":-1}})", "2024-03-31", "2024-02-29"},
      {R"({"add":{"years":1}})", "2024-02-29", "2025-02-28"},
      {R"({"add":{"years":4}})", "2024-02-29", "2028-02-29"},
      {R"({"add":{"months":13}})", "2023-12-31", "2025-01-31"},
      {R"({"add":{"years":-1,"months":-2}})", "2024-01-15", "2022-11-15"},
      {R"({"add":{"months":1,"days":1}})", "2024-01-31", "2024-03-01"},
      {R"({"add":{"days":-1}})", "2024-03-01", "2024-02-29"},
      {R"({"add":{"weeks":2}})", "2023-12-25", "2024-01-08"},
      {R"({"add":{"days":36524}})", "1900-01-01", "2000-01-01"},
  });
}

TEST(DateAdd, LeavesNoDayOutsideTheCalendar) {
  expect_rows({
      {R"({"add":{"days":1}})", "9999-12-31", " leaves the years 1 to 9999"},
      {R"({"add":{"days":-1}})", "0001-01-01", " leaves the years 1 to 9999"},
      {R"({"add":{"months":1}})", "9999-12-01", " leaves the years 1 to 9999"},
      {R"({"add":{"years":-1}})", "0001-12-31", " leaves the years 1 to 9999"},
      {R"({"add":{"years":9998}})", "0001-12-31", "9999-12-31"},
      {R"({"add":{"months":10000000000}})", "2024-01-01", " leaves the years 1 to 9999"},
      {R"({"add":{"days":-10000000000}})", "2024-01-01", " leaves the years 1 to 9999"},
      {R"({"add":{"seconds":1}})", "9999-12-31T23:59:59Z", " leaves the years 1 to 9999"},
  });
}

TEST(DateAdd, CountsDaysByTheCalendarAndHoursByTheClock) {
  expect_rows({
      // The night of 31 March 2024 has 23 hours in Berlin, that of 27 October 25.
      {R"({"add":{"days":1},"zone":"Europe/Berlin"})", "2024-03-30T12:00:00+01:00", "2024-03-31T10:00:00.000Z"},
      {R"({"add":{"hours":24},"zone":"Europe/Berlin"})", "2024-03-30T12:00:00+01:00", "2024-03-31T11:00:00.000Z"},
      {R"({"add":{"hours":24}})", "2024-03-30T11:00:00Z", "2024-03-31T11:00:00.000Z"},
      {R"({"add":{"days":1},"zone":"Europe/Berlin"})", "2024-10-26T12:00:00+02:00", "2024-10-27T11:00:00.000Z"},
      {R"({"add":{"days":1},"zone":"Europe/Berlin"})", "2024-03-30T02:30:00+01:00", "2024-03-31T01:30:00.000Z"},
      {R"({"add":{"days":1},"zone":"Europe/Berlin"})", "2024-10-26T02:30:00+02:00", "2024-10-27T00:30:00.000Z"},
      {R"({"add":{"months":1},"zone":"Asia/Tokyo"})", "2024-01-30T16:00:00Z", "2024-02-28T16:00:00.000Z"},
      {R"({"add":{"months":1},"zone":"UTC"})", "2024-01-30T16:00:00Z", "2024-02-29T16:00:00.000Z"},
      {R"({"add":{"minutes":-90}})", "2024-01-01T01:00:00.250Z", "2023-12-31T23:30:00.250Z"},
      {R"({"add":{"days":1,"hours":1},"zone":"Europe/Berlin"})", "2024-03-30T12:00:00+01:00",
       "2024-03-31T11:00:00.000Z"},
  });
}

TEST(DateAdd, KeepsDaysAndInstantsApart) {
  expect_rows({
      {R"({"add":{"hours":1}})", "2024-01-02", " is a day without time, and no `zone` says when it begins"},
      {R"({"add":{"hours":1},"zone":"Europe/Berlin"})", "2024-01-02", "2024-01-02T00:00:00.000Z"},
      {R"({"add":{"days":1}})", "2024-01-02T12:00:00Z", " is an instant, and no `zone` says which day that is"},
      {R"({"add":{"days":1}})", "2024-01-02T12:00:00", "2024-01-03T12:00:00.000"},
      {R"({"add":{"hours":13}})", "2024-01-02T12:00:00", "2024-01-03T01:00:00.000"},
      {R"({"add":{"days":1},"format":"date","zone":"Asia/Tokyo"})", "2024-01-02T23:30:00Z", "2024-01-04"},
      {R"({"add":{"days":1},"format":"dd.MM.yyyy HH:mm","toZone":"Asia/Tokyo"})", "2024-01-02T23:30:00Z",
       "04.01.2024 08:30"},
  });
}

TEST(DateTrunc, CutsDownToTheStartOfEveryUnit) {
  expect_rows({
      {R"({"trunc":"year"})", "2024-08-15", "2024-01-01"},
      {R"({"trunc":"quarter"})", "2024-08-15", "2024-07-01"},
      {R"({"trunc":"quarter"})", "2024-01-01", "2024-01-01"},
      {R"({"trunc":"quarter"})", "2024-12-31", "2024-10-01"},
      {R"({"trunc":"month"})", "2024-02-29", "2024-02-01"},
      {R"({"trunc":"week"})", "2024-01-01", "2024-01-01"},
      {R"({"trunc":"week"})", "2024-01-07", "2024-01-01"},
      {R"({"trunc":"week"})", "2023-01-01", "2022-12-26"},
      {R"({"trunc":"week"})", "1969-12-31", "1969-12-29"},
      {R"({"trunc":"week"})", "0001-01-01", "0001-01-01"},
      {R"({"trunc":"day"})", "2024-01-02", "2024-01-02"},
      {R"({"trunc":"hour"})", "2024-01-02", "2024-01-02"},
      {R"({"trunc":"day","zone":"UTC"})", "2024-01-02T12:34:56.789Z", "2024-01-02T00:00:00.000Z"},
      {R"({"trunc":"hour","zone":"UTC"})", "2024-01-02T12:34:56.789Z", "2024-01-02T12:00:00.000Z"},
      {R"({"trunc":"minute"})", "2024-01-02T12:34:56.789Z", "2024-01-02T12:34:00.000Z"},
      {R"({"trunc":"day"})", "2024-01-02T12:34:56", "2024-01-02T00:00:00.000"},
  });
}

TEST(DateTrunc, FindsTheStartWhereTheZoneHasIt) {
  expect_rows({
      {R"({"trunc":"day"})", "2024-01-02T12:00:00Z", " is an instant, and no `zone` says which day that is"},
      {R"({"trunc":"hour"})", "2024-01-02T12:00:00Z", " is an instant, and no `zone` says which day that is"},
      {R"({"trunc":"day","zone":"Asia/Tokyo"})", "2024-01-02T23:30:00Z", "2024-01-02T15:00:00.000Z"},
      {R"({"trunc":"month","zone":"Europe/Berlin"})", "2024-04-15T12:00:00Z", "2024-03-31T22:00:00.000Z"},
      {R"({"trunc":"month","zone":"Europe/Berlin"})", "2024-03-31T23:30:00Z", "2024-03-31T22:00:00.000Z"},
      {R"({"trunc":"hour","zone":"Asia/Kolkata"})", "2024-01-02T12:20:00Z", "2024-01-02T11:30:00.000Z"},
      // The clocks of Beirut skip the hour from midnight on 31 March 2024, so the day begins at one.
      {R"({"trunc":"day","zone":"Asia/Beirut"})", "2024-03-31T12:00:00Z", "2024-03-30T22:00:00.000Z"},
      // The second half past two of that night stays in its own hour.
      {R"({"trunc":"hour","zone":"Europe/Berlin"})", "2024-10-27T01:30:00Z", "2024-10-27T01:00:00.000Z"},
      {R"({"trunc":"hour","zone":"Europe/Berlin"})", "2024-10-27T00:30:00Z", "2024-10-27T00:00:00.000Z"},
      // Lord Howe turns back by half an hour at two.
      {R"({"trunc":"hour","zone":"Australia/Lord_Howe"})", "2024-04-06T15:15:00Z", "2024-04-06T14:00:00.000Z"},
  });
}

TEST(DateTrunc, ComesBeforeTheAdding) {
  expect_rows({
      {R"({"trunc":"month","add":{"months":1,"days":-1}})", "2024-02-10", "2024-02-29"},
      {R"({"trunc":"year","add":{"months":6}})", "2024-02-10", "2024-07-01"},
      {R"({"trunc":"week","add":{"days":6},"format":"date","zone":"Europe/Berlin"})", "2024-03-31T22:30:00Z",
       "2024-04-07"},
  });
}

TEST(DateChange, RefusesOptionsThatMakeNoSense) {
  EXPECT_THAT(step_fault(R"({"date":{"add":{}}})"), HasSubstr("date.add: this adds nothing"));
  EXPECT_THAT(step_fault(R"({"date":{"add":{"months":0}}})"), HasSubstr("this adds nothing"));
  EXPECT_THAT(step_fault(R"({"date":{"add":{"month":1}}})"), HasSubstr("did you mean `months`?"));
  EXPECT_THAT(step_fault(R"({"date":{"add":{"days":1.5}}})"), HasSubstr("does not fit"));
  EXPECT_THAT(step_fault(R"({"date":{"add":5}})"), HasSubstr("must be an object"));
  EXPECT_THAT(step_fault(R"({"date":{"trunc":"decade"}})"), HasSubstr("is not a choice"));
}

}  // namespace
}  // namespace nexpo

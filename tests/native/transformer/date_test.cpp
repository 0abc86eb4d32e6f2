#include <random>

#include <date/date.h>
#include <gmock/gmock.h>

#include "transformer/date_pattern.hpp"
#include "transformer/mapped.hpp"
#include "transformer/moment.hpp"

namespace nexpo {
namespace {

using testing::HasSubstr;

std::string date_step(const std::string& options, const std::string& text) {
  return format("{\"date\":" + options + "}", "\"" + text + "\"");
}

TEST(DateFunction, WritesSalesforceTimesInUtc) {
  EXPECT_EQ(date_step("true", "2024-01-02T03:04:05.000+0000"), R"("2024-01-02T03:04:05.000Z")");
  EXPECT_EQ(date_step("true", "2024-01-02T03:04:05.678Z"), R"("2024-01-02T03:04:05.678Z")");
  EXPECT_EQ(date_step("true", "2024-01-02T03:04:05+01:00"), R"("2024-01-02T02:04:05.000Z")");
  EXPECT_EQ(date_step("true", "2024-03-01T00:30:00-0030"), R"("2024-03-01T01:00:00.000Z")");
  EXPECT_EQ(date_step("true", "2024-01-01T00:30+01"), R"("2023-12-31T23:30:00.000Z")");
  EXPECT_EQ(date_step("true", "2024-01-02 03:04:05.1234567Z"), R"("2024-01-02T03:04:05.123456700Z")");
  EXPECT_EQ(date_step("true", "2024-01-02"), R"("2024-01-02")");
  EXPECT_EQ(date_step("true", "2024-01-02T03:04:05"), R"("2024-01-02T03:04:05.000")");
}

TEST(DateFunction, RefusesDatesThatDoNotExistAndOtherForms) {
  for (const char* text : {"2023-02-29",
                           "2024-13-01",
                           "2024-00-10",
                           "2024-01-32",
                           "2024-04-31",
                           "2024-01-02T24:00:00Z",
                           "2024-01-02T03:60:00Z",
                           "0000-01-01",
                           "2024-1-2",
                           "2024-01-02T",
                           "2024-01-02T03:04:05.Z",
                           "2024-01-02T03:04:05+1",
                           "2024-01-02T03:04:05+25:00",
                           "20240102",
                           "",
                           "NA",
                           "2024-01-02x",
                           "x024-01-02",
                           "2024-01-02T03:04:05ZZ",
                           "0001-01-01T00:00:00+01:00",
                           "9999-12-31T23:30:00-01:00"}) {
    EXPECT_THAT(date_step("true", text), HasSubstr("is not a date in the expected form")) << text;
  }
  EXPECT_EQ(date_step("true", "2024-02-29"), R"("2024-02-29")");
  EXPECT_EQ(date_step("true", "9999-12-31T23:59:59Z"), R"("9999-12-31T23:59:59.000Z")");
}

TEST(DateFunction, KeepsDaysAndInstantsApartUnlessAZoneJoinsThem) {
  EXPECT_THAT(date_step(R"({"format":"date"})", "2024-01-02T23:30:00Z"), HasSubstr("no `zone` says which day that is"));
  EXPECT_EQ(date_step(R"({"format":"date","zone":"Europe/Berlin"})", "2024-01-02T23:30:00Z"), R"("2024-01-03")");
  EXPECT_EQ(date_step(R"({"format":"date","zone":"UTC"})", "2024-01-02T23:30:00Z"), R"("2024-01-02")");
  EXPECT_THAT(date_step(R"({"format":"datetime"})", "2024-01-02"), HasSubstr("no `zone` says when it begins"));
  EXPECT_EQ(date_step(R"({"format":"datetime","zone":"America/New_York"})", "2024-07-02"),
            R"("2024-07-02T04:00:00.000Z")");
  EXPECT_THAT(date_step(R"({"format":"datetime"})", "2024-01-02T03:04:05"), HasSubstr("no `zone` says where"));
  EXPECT_EQ(date_step(R"({"format":"datetime","zone":"Asia/Tokyo"})", "2024-01-02T03:04:05"),
            R"("2024-01-01T18:04:05.000Z")");
}

TEST(DateFunction, FollowsTheClocksOfAZone) {
  const std::string berlin = R"({"format":"datetime","zone":"Europe/Berlin"})";
  EXPECT_EQ(date_step(berlin, "2024-01-15T12:00:00"), R"("2024-01-15T11:00:00.000Z")");
  EXPECT_EQ(date_step(berlin, "2024-07-15T12:00:00"), R"("2024-07-15T10:00:00.000Z")");
  EXPECT_EQ(date_step(berlin, "2024-03-31T02:30:00"), R"("2024-03-31T01:30:00.000Z")")
      << "in the gap: moved on by its length";
  EXPECT_EQ(date_step(berlin, "2024-10-27T02:30:00"), R"("2024-10-27T00:30:00.000Z")")
      << "twice there: the earlier one";
}

TEST(DateFunction, ReadsAndWritesPatterns) {
  EXPECT_EQ(date_step(R"({"parse":"dd.MM.yyyy","format":"date"})", "02.01.2024"), R"("2024-01-02")");
  EXPECT_EQ(date_step(R"({"parse":["MM/dd/yyyy","d MMM yyyy","iso"]})", "2 jan 2024"), R"("2024-01-02")");
  EXPECT_EQ(date_step(R"({"parse":"M/d/yy h:mm a","zone":"UTC"})", "1/2/99 12:05 PM"), R"("1999-01-02T12:05:00.000Z")");
  EXPECT_EQ(date_step(R"({"parse":"M/d/yy h:mm a","zone":"UTC"})", "1/2/24 12:05 am"), R"("2024-01-02T00:05:00.000Z")");
  EXPECT_EQ(date_step(R"({"parse":"EEEE, MMMM d, yyyy"})", "Tuesday, January 2, 2024"), R"("2024-01-02")");
  EXPECT_EQ(date_step(R"({"parse":"yyyyMMdd'T'HHmmssXX"})", "20240102T030405+0100"), R"("2024-01-02T02:04:05.000Z")");
  EXPECT_EQ(date_step(R"({"format":"EEE d MMMM yyyy 'at' HH:mm:ss.SS XXX","toZone":"Asia/Kolkata"})",
                      "2024-01-02T03:04:05.678Z"),
            R"("Tue 2 January 2024 at 08:34:05.67 +05:30")");
  EXPECT_EQ(date_step(R"({"format":"hh:mm a 'o''clock' X"})", "2024-01-02T15:04:05Z"), R"("03:04 PM o'clock Z")");
  EXPECT_EQ(date_step(R"({"format":"yy-M-d","zone":"UTC"})", "2024-01-02T15:04:05Z"), R"("24-1-2")");
  EXPECT_EQ(date_step(R"({"format":"H:mm"})", "2024-01-02T03:04:05"), R"("3:04")");
  EXPECT_THAT(date_step(R"({"parse":"dd.MM.yyyy"})", "02.01.2024 "), HasSubstr("not a date"));
  EXPECT_THAT(date_step(R"({"parse":"dd.MM.yyyy"})", "31.02.2024"), HasSubstr("not a date"));
}

TEST(DateFunction, ReadsEpochNumbers) {
  EXPECT_EQ(format(R"({"date":{"parse":"epoch_s"}})", "1704164645"), R"("2024-01-02T03:04:05.000Z")");
  EXPECT_EQ(format(R"({"date":{"parse":"epoch_ms"}})", "\"1704164645678\""), R"("2024-01-02T03:04:05.678Z")");
  EXPECT_EQ(format(R"({"date":{"parse":"epoch_ms"}})", "-1"), R"("1969-12-31T23:59:59.999Z")");
  EXPECT_THAT(format(R"({"date":{"parse":"epoch_s"}})", "99999999999999"), HasSubstr("not a date"));
  EXPECT_THAT(format(R"({"date":{"parse":"epoch_s"}})", "1.5"), HasSubstr("not a date"));
}

TEST(DateFunction, RefusesOptionsThatMakeNoSense) {
  EXPECT_THAT(step_fault(R"({"date":{"parse":"DD.MM.yyyy"}})"),
              HasSubstr("params.date.parse: `DD` means nothing in a date pattern"));
  EXPECT_THAT(step_fault(R"({"date":{"format":"yyyy 'x"}})"), HasSubstr("a single quote is not closed"));
  EXPECT_THAT(step_fault(R"({"date":{"zone":"Mars/Base"}})"), HasSubstr("`Mars/Base` is no time zone"));
  EXPECT_THAT(step_fault(R"({"date":{"format":"datetime","toZone":"UTC"}})"),
              HasSubstr("an instant is written in UTC"));
}

TEST(Moment, AgreesWithTheCalendarLibraryOnEveryDayOfNinetyYears) {
  for (date::sys_days day = date::year{1965} / 1 / 1; day < date::sys_days{date::year{2055} / 1 / 1};
       day += date::days{1}) {
    const date::year_month_day civil{day};
    const std::string text = date::format("%F", civil);
    Moment moment;
    ASSERT_TRUE(parse_iso(text, moment)) << text;
    ASSERT_EQ(moment.wall_seconds(), date::sys_seconds(day).time_since_epoch().count());
    char written[kIsoTextMax];
    ASSERT_EQ(std::string(written, write_iso(moment, written)), text);
    Moment back;
    ASSERT_TRUE(moment_at(moment.wall_seconds() + 86'399, Moment::Kind::local, 0, back));
    ASSERT_EQ(back.day, moment.day);
    ASSERT_EQ(back.second, 59);
  }
}

TEST(Moment, EveryPatternReadsBackWhatItWrites) {
  const char* patterns[] = {"yyyy-MM-dd HH:mm:ss.SSS XXX", "d.M.yyyy H:m:s.SSSSSSSSS xx",
                            "EEEE d MMMM yyyy hh:mm:ss.SSSSSS a xxx", "yyyyMMddHHmmssSSSX",
                            "MMM d, yyyy 'at' h:mm:ss.SSS a xx"};
  std::mt19937_64 random(11);
  for (const char* text : patterns) {
    std::string fault;
    const DatePattern pattern = DatePattern::compile(text, fault);
    ASSERT_EQ(fault, "");
    for (int i = 0; i < 5'000; ++i) {
      Moment moment;
      const auto seconds = static_cast<int64_t>(random() % 4'000'000'000) - 1'000'000'000;
      const int offset = (static_cast<int>(random() % 112) - 56) * 900;
      ASSERT_TRUE(moment_at(seconds, Moment::Kind::instant, offset, moment));
      moment.nanos = static_cast<uint32_t>(random() % 1000) * 1'000'000;
      std::string written;
      pattern.append(written, moment);
      Moment back;
      ASSERT_TRUE(pattern.parse(written, back)) << written;
      ASSERT_EQ(back.wall_seconds() - back.offset, seconds - offset) << written;
      ASSERT_EQ(back.nanos, moment.nanos) << written;
    }
  }
}

}  // namespace
}  // namespace nexpo

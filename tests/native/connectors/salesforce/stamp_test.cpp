#include "connectors/salesforce/stamp.hpp"

#include <gtest/gtest.h>

namespace nexpo::salesforce {
namespace {

TEST(SalesforceStamp, EveryFormOfOneMomentIsTheSameMoment) {
  const std::optional<Seconds> moment = parse_time("2024-01-02T03:04:05Z");
  ASSERT_TRUE(moment);
  for (const char* text : {"2024-01-02T03:04:05.000+0000", "2024-01-02T03:04:05.999Z", "2024-01-02T03:04:05+00:00",
                           "2024-01-02T04:04:05.000+0100", "2024-01-01T22:04:05-05:00"}) {
    EXPECT_EQ(parse_time(text), moment) << text;
  }
  EXPECT_EQ(to_text(*moment), "2024-01-02T03:04:05Z");
}

TEST(SalesforceStamp, WhatIsNoMomentIsNothing) {
  for (const char* text : {"", "2024-01-02", "2024-13-02T03:04:05Z", "2024-02-30T03:04:05Z", "2024-01-02T03:04:05",
                           "2024-01-02 03:04:05Z", "2024-01-02T03:04:05Zjunk"}) {
    EXPECT_FALSE(parse_time(text)) << text;
  }
}

TEST(SalesforceStamp, RestAndBulkSpellOneMomentAlike) {
  Arena arena;
  EXPECT_EQ(normal_time("2024-01-02T03:04:05.000+0000", arena), "2024-01-02T03:04:05.000Z");
  EXPECT_EQ(normal_time("2024-01-02T03:04:05.000Z", arena), "2024-01-02T03:04:05.000Z");
}

}  // namespace
}  // namespace nexpo::salesforce

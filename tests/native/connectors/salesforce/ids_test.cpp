#include "connectors/salesforce/ids.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"

namespace nexpo::salesforce {
namespace {

TEST(SalesforceIds, AShortIdGetsTheChecksumThatMakesItsCaseRecoverable) {
  EXPECT_EQ(normal_id("00Di0000000icUB"), "00Di0000000icUBEAY");
  EXPECT_EQ(normal_id("001000000000000"), "001000000000000AAA");
  EXPECT_EQ(normal_id("00Dxx0000001gPL"), "00Dxx0000001gPLEAY");
}

TEST(SalesforceIds, ALongIdStaysAsItIs) { EXPECT_EQ(normal_id("00Di0000000icUBEAY"), "00Di0000000icUBEAY"); }

TEST(SalesforceIds, AWrongChecksumIsNoId) {
  EXPECT_TRUE(is_id("00Di0000000icUBEAY"));
  EXPECT_FALSE(is_id("00di0000000icubEAY"));
  EXPECT_FALSE(is_id("00Di0000000icUBEA"));
  EXPECT_FALSE(is_id("00Di0000000ic-B"));
  EXPECT_FALSE(is_id(""));
}

TEST(SalesforceIds, WhatIsNoIdIsRefusedByName) {
  try {
    normal_id("K-1");
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::invalid);
    EXPECT_EQ(error.code(), "MALFORMED_ID");
    EXPECT_NE(error.message().find("K-1"), std::string::npos);
  }
}

TEST(SalesforceIds, KeysThatAreNoIdsPassThrough) {
  Arena arena;
  EXPECT_EQ(normal_id_or_same("customer-12345", arena), "customer-12345");
  EXPECT_EQ(normal_id_or_same("00Di0000000icUB", arena), "00Di0000000icUBEAY");
  EXPECT_EQ(normal_id_or_same("00Di0000000icUBEAY", arena), "00Di0000000icUBEAY");
}

}  // namespace
}  // namespace nexpo::salesforce

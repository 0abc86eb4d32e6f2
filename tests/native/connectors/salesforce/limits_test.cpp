#include <gtest/gtest.h>

#include "connectors/salesforce/limit_info.hpp"
#include "connectors/salesforce/versions.hpp"

#include "base/error.hpp"
#include "connectors/salesforce/payload.hpp"

namespace nexpo::salesforce {
namespace {

TEST(SalesforceLimitInfo, BothFormsOfTheHeaderAreRead) {
  const LimitInfo plain = parse_limit_info("api-usage=25/5000");
  ASSERT_TRUE(plain.org);
  EXPECT_EQ(plain.org->used, 25);
  EXPECT_EQ(plain.org->allowed, 5000);
  EXPECT_FALSE(plain.app);
  const LimitInfo both = parse_limit_info("api-usage=25/5000; per-app-api-usage=17/250(appName=sample-app)");
  EXPECT_EQ(both.org->used, 25);
  ASSERT_TRUE(both.app);
  EXPECT_EQ(both.app->used, 17);
  EXPECT_EQ(both.app->allowed, 250);
}

TEST(SalesforceLimitInfo, ThePartsMayComeInAnyOrderAndCompany) {
  const LimitInfo limits = parse_limit_info("per-app-api-usage=17/250(appName=x); new-thing=1; api-usage=25/5000");
  EXPECT_EQ(limits.org->used, 25);
  EXPECT_EQ(limits.app->used, 17);
  EXPECT_FALSE(parse_limit_info("").org);
  EXPECT_FALSE(parse_limit_info("api-usage=many").org);
  EXPECT_FALSE(parse_limit_info("api-usage=1/0").org);
}

TEST(SalesforceLimitInfo, TheReserveIsCountedInWhatIsLeft) {
  EXPECT_FALSE(below_reserve(parse_limit_info("api-usage=95/100"), 5));
  EXPECT_TRUE(below_reserve(parse_limit_info("api-usage=96/100"), 5));
  EXPECT_TRUE(below_reserve(parse_limit_info("api-usage=1/100; per-app-api-usage=250/250(appName=x)"), 5));
  EXPECT_FALSE(below_reserve({}, 5));
}

TEST(SalesforceVersions, TheNewestThatBothKnowIsChosen) {
  const std::string offered = payload("versions.json");
  EXPECT_EQ(choose_version(offered, "66.0"), "66.0");
  EXPECT_EQ(choose_version(offered, "68.0"), "67.0");
}

TEST(SalesforceVersions, AnOldOrgOrAForeignHostIsRefused) {
  EXPECT_THROW(choose_version(R"([{"version":"45.0"}])", "66.0"), Error);
  EXPECT_THROW(choose_version("<html></html>", "66.0"), Error);
  EXPECT_THROW(choose_version("[]", "66.0"), Error);
}

}  // namespace
}  // namespace nexpo::salesforce

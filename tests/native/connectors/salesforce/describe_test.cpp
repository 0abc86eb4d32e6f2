#include "connectors/salesforce/describe.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.hpp"
#include "connectors/salesforce/payload.hpp"

namespace nexpo::salesforce {
namespace {

TEST(SalesforceDescribe, TypesLengthsAndDigitsBecomeASchema) {
  const Describe account = parse_describe(payload("describe_account.json"));
  EXPECT_EQ(account.schema.object, "Account");
  EXPECT_EQ(account.schema.key_field, "Id");
  EXPECT_EQ(account.schema.version_field, "SystemModstamp");
  EXPECT_EQ(account.field("name")->length_max, 255);
  EXPECT_EQ(account.field("AnnualRevenue")->type, FieldType::number);
  EXPECT_EQ(account.field("AnnualRevenue")->precision, 18);
  EXPECT_EQ(account.field("AnnualRevenue")->scale, 2);
  EXPECT_EQ(account.field("NumberOfEmployees")->type, FieldType::integer);
  EXPECT_EQ(account.field("BillingAddress")->type, FieldType::json);
  EXPECT_EQ(account.field("OwnerId")->type, FieldType::reference);
  EXPECT_EQ(account.field("Nothing"), nullptr);
}

TEST(SalesforceDescribe, ATypeOfTheFutureIsText) {
  const Describe account = parse_describe(payload("describe_account.json"));
  EXPECT_EQ(account.field("Shape__c")->type, FieldType::text);
  EXPECT_EQ(account.field("Shape__c")->native_type, "hologram");
}

TEST(SalesforceDescribe, RequiredMeansThatNothingElseFillsIt) {
  const Describe account = parse_describe(payload("describe_account.json"));
  EXPECT_TRUE(account.field("Name")->required);
  EXPECT_FALSE(account.field("OwnerId")->required);
  EXPECT_FALSE(account.field("Id")->required);
  EXPECT_FALSE(account.field("Rating")->required);
}

TEST(SalesforceDescribe, EveryFieldButIdMayBeNullWhateverNillableSays) {
  const Describe account = parse_describe(payload("describe_account.json"));
  EXPECT_TRUE(account.field("Name")->nullable);
  EXPECT_FALSE(account.field("Id")->nullable);
}

TEST(SalesforceDescribe, KeysAndPicklistsAreTold) {
  const Describe account = parse_describe(payload("describe_account.json"));
  EXPECT_TRUE(account.field("Ext__c")->unique);
  EXPECT_TRUE(account.field("Id")->unique);
  EXPECT_FALSE(account.field("Name")->unique);
  EXPECT_THAT(account.field("Rating")->values, testing::ElementsAre("Hot", "Warm"));
  ASSERT_NE(account.relationship("owner"), nullptr);
  EXPECT_THAT(account.relationship("Owner")->refers_to, testing::ElementsAre("User"));
  EXPECT_EQ(account.relationship("Parent"), nullptr);
}

TEST(SalesforceDescribe, AStampThatCannotBeFilteredIsPassedOver) {
  EXPECT_EQ(parse_describe(payload("describe_activity_history.json")).schema.version_field, "CreatedDate");
}

TEST(SalesforceDescribe, TheEtagFollowsTheFields) {
  const std::string body = payload("describe_account.json");
  std::string longer = body;
  longer.replace(longer.find("\"length\": 40"), 12, "\"length\": 41");
  EXPECT_EQ(parse_describe(body).schema.etag, parse_describe(body).schema.etag);
  EXPECT_NE(parse_describe(body).schema.etag, parse_describe(longer).schema.etag);
}

TEST(SalesforceDescribe, AnotherBodyIsRefused) {
  EXPECT_THROW(parse_describe("[]"), Error);
  EXPECT_THROW(parse_describe("{\"name\":\"Account\"}"), Error);
  EXPECT_THROW(parse_describe("<html>"), Error);
}

TEST(SalesforceDescribe, ObjectsThatCannotBeQueriedAreLeftOut) {
  const char* body = R"({"sobjects":[{"name":"Account","queryable":true},{"name":"X__e","queryable":false},
                         {"name":"Old","queryable":true,"deprecatedAndHidden":true}]})";
  EXPECT_THAT(parse_objects(body), testing::ElementsAre(testing::Field(&ObjectSummary::name, "Account")));
}

}  // namespace
}  // namespace nexpo::salesforce

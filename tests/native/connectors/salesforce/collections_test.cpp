#include "connectors/salesforce/collections.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.hpp"
#include "connectors/salesforce/ingest.hpp"
#include "connectors/salesforce/scripted_org.hpp"

namespace nexpo::salesforce {
namespace {

class SalesforceRows : public testing::Test {
 protected:
  TargetFields target(std::vector<std::string> names, std::string key) {
    slots = std::make_shared<const std::vector<std::string>>(std::move(names));
    batch = RecordBatch(slots, std::make_shared<Arena>());
    return script.clock.run(resolve_target(*script.org, "Account", slots, std::move(key)));
  }
  void add(std::vector<Value> cells) { std::copy(cells.begin(), cells.end(), batch.add({}).begin()); }

  ScriptedOrg script;
  Shape slots;
  RecordBatch batch;
};

TEST_F(SalesforceRows, AnUpsertNamesTheTypeAndLeavesUnsetCellsOut) {
  const TargetFields fields = target({"Ext__c", "name", "AnnualRevenue", "Active__c", "Description"}, "Ext__c");
  add({Value::text("K\"1"), Value::text("Acme"), Value::number("12.50"), Value::boolean(true), Value::null()});
  add({Value::text("K2"), Value(), Value(), Value(), Value::text("")});
  const std::vector<size_t> rows = {0, 1};
  EXPECT_EQ(encode_collection(fields, batch, rows),
            R"({"allOrNone":false,"records":[{"attributes":{"type":"Account"},"Ext__c":"K\"1","Name":"Acme",)"
            R"("AnnualRevenue":12.50,"Active__c":true,"Description":null},)"
            R"({"attributes":{"type":"Account"},"Ext__c":"K2","Description":""}]})");
}

TEST_F(SalesforceRows, AnUpdateCarriesTheId) {
  const TargetFields fields = target({"Id", "Name"}, "Id");
  add({Value::text("001000000000001AAA"), Value::text("Acme")});
  const std::vector<size_t> rows = {0};
  EXPECT_THAT(encode_collection(fields, batch, rows), testing::HasSubstr(R"("id":"001000000000001AAA","Name":"Acme")"));
}

TEST_F(SalesforceRows, ATextFieldTakesANumberAsText) {
  const TargetFields fields = target({"Ext__c", "NumberOfEmployees"}, "Ext__c");
  add({Value::number("42"), Value::number("7")});
  const std::vector<size_t> rows = {0};
  EXPECT_THAT(encode_collection(fields, batch, rows), testing::HasSubstr(R"("Ext__c":"42","NumberOfEmployees":7)"));
}

TEST_F(SalesforceRows, AParentIsFoundByItsOwnKeyAndTakenAwayThroughItsLookup) {
  std::string user = payload("describe_user.json");
  user.replace(user.find(R"("name": "Name", "type": "string",)"), 33,
               R"("name": "Name", "type": "string", "idLookup": true,)");
  script.when("GET /services/data/v66.0/sobjects/User/describe", {.body = user});
  script.instead("GET /services/data/v66.0/sobjects/User/describe", {.body = user});
  const TargetFields fields = target({"Ext__c", "Owner.Name"}, "Ext__c");
  add({Value::text("1"), Value::text("Ann")});
  add({Value::text("2"), Value::null()});
  const std::vector<size_t> rows = {0, 1};
  const std::string body = encode_collection(fields, batch, rows);
  EXPECT_THAT(body, testing::HasSubstr(R"("Ext__c":"1","Owner":{"Name":"Ann"})"));
  EXPECT_THAT(body, testing::HasSubstr(R"("Ext__c":"2","OwnerId":null)"));
  EXPECT_EQ(fields.fields[1].csv_name(), "Owner.Name");
}

TEST_F(SalesforceRows, FieldsThatCannotBeWrittenAreRefusedByName) {
  const auto field_of = [&](std::vector<std::string> names, std::string key) -> std::string {
    try {
      target(std::move(names), std::move(key));
      return "taken";
    } catch (const Error& error) {
      return error.field();
    }
  };
  EXPECT_EQ(field_of({"Ext__c", "Nothing"}, "Ext__c"), "Nothing");
  EXPECT_EQ(field_of({"Ext__c", "Owner.IsActive"}, "Ext__c"), "Owner.IsActive");
  EXPECT_EQ(field_of({"Name"}, "Ext__c"), "Ext__c");
  EXPECT_EQ(field_of({"Name"}, "Name"), "Name") << "not an external id";
}

TEST_F(SalesforceRows, ResultsOfACallAreReadInItsOrder) {
  const std::vector<RowResult> results = parse_collection(
      R"([{"id":"001000000000001","success":true,"created":true,"errors":[]},
          {"success":false,"errors":[{"statusCode":"DUPLICATE_VALUE","message":"taken","fields":["Ext__c"]}]}])",
      2);
  EXPECT_TRUE(results[0].success);
  EXPECT_TRUE(results[0].created);
  EXPECT_EQ(results[0].id, "001000000000001AAA");
  EXPECT_FALSE(results[1].success);
  EXPECT_EQ(results[1].fault.code, "DUPLICATE_VALUE");
  EXPECT_EQ(results[1].fault.field, "Ext__c");
  EXPECT_THROW(parse_collection("[]", 1), Error);
}

TEST_F(SalesforceRows, ACsvTellsUnsetFromNull) {
  const TargetFields fields = target({"Ext__c", "Name", "Description", "AnnualRevenue"}, "Ext__c");
  add({Value::text("K1"), Value(), Value::null(), Value::number("1.10")});
  add({Value::text("K,2"), Value::text("say \"hi\"\n"), Value::text(""), Value()});
  const std::vector<size_t> rows = {0, 1};
  std::span<const size_t> left(rows);
  EXPECT_EQ(encode_csv(fields, batch, left),
            "Ext__c,Name,Description,AnnualRevenue\nK1,,#N/A,1.10\n\"K,2\",\"say \"\"hi\"\"\n\",#N/A,\n");
  EXPECT_TRUE(left.empty());
}

TEST_F(SalesforceRows, AnUploadThatIsTooLargeIsSplitAtARow) {
  const TargetFields fields = target({"Ext__c"}, "Ext__c");
  for (int i = 0; i < 5; ++i) add({Value::text("0123456789")});
  const std::vector<size_t> rows = {0, 1, 2, 3, 4};
  std::span<const size_t> left(rows);
  EXPECT_EQ(encode_csv(fields, batch, left, 30), "Ext__c\n0123456789\n0123456789\n");
  EXPECT_EQ(left.size(), 3u);
  left = left.last(1);
  EXPECT_EQ(encode_csv(fields, batch, left, 3), "Ext__c\n0123456789\n") << "one row always goes";
}

TEST_F(SalesforceRows, TextThatWouldClearItsFieldOrIsTooLongDoesNotGoByCsv) {
  target({"Ext__c", "Name"}, "Ext__c");
  add({Value::text("1"), Value::text("#N/A")});
  add({Value::text("2"), Value::text("NA")});
  const std::string text(kCsvCellCharsMax + 1, 'x');
  add({Value::text("3"), Value::text(text)});
  add({Value::text("4"), Value::null()});
  EXPECT_FALSE(fits_csv(batch.row(0)));
  EXPECT_TRUE(fits_csv(batch.row(1)));
  EXPECT_FALSE(fits_csv(batch.row(2)));
  EXPECT_TRUE(fits_csv(batch.row(3)));
}

}  // namespace
}  // namespace nexpo::salesforce

#include "connectors/salesforce/soql.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"

namespace nexpo::salesforce {
namespace {

const Seconds kNoon = *parse_time("2026-01-02T12:00:00Z");

TEST(Soql, ALiteralNeverLetsItsValueOut) {
  EXPECT_EQ(soql_literal("O'Brien"), R"('O\'Brien')");
  EXPECT_EQ(soql_literal("O'Br\\ien\\"), R"('O\'Br\\ien\\')");
  EXPECT_EQ(soql_literal("a\nb\rc\td\"e\b\f"), R"('a\nb\rc\td\"e\b\f')");
  EXPECT_EQ(soql_literal(""), "''");
}

TEST(Soql, AStatementIsBuiltFromItsParts) {
  const Select select{
      .fields = {"Id", "Owner.Name"}, .object = "Account", .where = "A > 1", .order_by = "Id", .limit = 5};
  EXPECT_EQ(to_soql(select), "SELECT Id,Owner.Name FROM Account WHERE A > 1 ORDER BY Id LIMIT 5");
  const Select count{.fields = {"COUNT()"}, .object = "Account"};
  EXPECT_EQ(to_soql(count), "SELECT COUNT() FROM Account");
}

TEST(Soql, NamesThatCouldCarryCodeAreRefused) {
  for (const char* name : {"", "Name FROM User", "a'b", "Näme", "x;y"}) {
    const Select select{.fields = {name}, .object = "Account"};
    EXPECT_THROW(to_soql(select), Error) << name;
  }
}

TEST(Soql, AStatementOverTheLimitIsRefusedBeforeItIsSent) {
  Select select{.fields = {}, .object = "Account"};
  for (int i = 0; i < 9'000; ++i) select.fields.push_back("Field_number_" + std::to_string(i));
  EXPECT_THROW(to_soql(select), Error);
}

TEST(Soql, AWindowIncludesItsLowerBoundAndLeavesItsUpperBoundOut) {
  EXPECT_EQ(within("SystemModstamp", {kNoon, kNoon + std::chrono::hours(1)}),
            "SystemModstamp >= 2026-01-02T12:00:00Z AND SystemModstamp < 2026-01-02T13:00:00Z");
  EXPECT_EQ(within("SystemModstamp", {std::nullopt, kNoon}), "SystemModstamp < 2026-01-02T12:00:00Z");
  EXPECT_EQ(within("SystemModstamp", {}), "");
}

TEST(Soql, RowsOfOneStampAreToldApartById) {
  EXPECT_EQ(behind("SystemModstamp", {kNoon, "001A"}),
            "(SystemModstamp > 2026-01-02T12:00:00Z OR (SystemModstamp = 2026-01-02T12:00:00Z AND Id > '001A'))");
  EXPECT_EQ(behind("SystemModstamp", {std::nullopt, "001A"}), "Id > '001A'");
}

TEST(Soql, ManyValuesAreSpreadOverStatementsThatFit) {
  EXPECT_EQ(in_clauses("Ext__c", {"a", "b'", "c"}, 100, 2),
            (std::vector<std::string>{R"(Ext__c IN ('a','b\''))", "Ext__c IN ('c')"}));
  const std::vector<std::string> values(200, std::string(3'000, 'x'));
  const std::vector<std::string> clauses = in_clauses("Ext__c", values, 5'000, 2'000);
  EXPECT_GT(clauses.size(), 5u);
  for (const std::string& clause : clauses) EXPECT_LE(clause.size() + 5'000, kSoqlCharsMax);
}

TEST(Soql, AValueThatSoqlCannotCompareIsRefused) {
  EXPECT_THROW(in_clauses("Ext__c", {std::string(4'001, 'x')}, 100, 10), Error);
}

TEST(Soql, ConditionsAreJoinedWithoutEmptyOnes) { EXPECT_EQ(all_of({"", "a = 1", "", "b = 2"}), "a = 1 AND b = 2"); }

}  // namespace
}  // namespace nexpo::salesforce

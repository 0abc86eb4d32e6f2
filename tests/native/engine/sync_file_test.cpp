#include "engine/sync_file.hpp"

#include <gtest/gtest.h>

namespace nexpo {
namespace {

using nlohmann::json;

json good() {
  return json::parse(R"({
    "id": "accounts", "source": {"type": "salesforce", "config": {}},
    "target": {"type": "sqlite", "config": {"path": "x"}},
    "sourceObject": "Account", "targetObject": "accounts", "fieldMappings": [{"source": "Id", "target": "id"}]})");
}

std::string fault_of(const json& file) {
  try {
    SyncFile::parse(file);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::invalid);
    return error.message();
  }
  return "taken";
}

TEST(SyncFile, TakesWhatIsCompleteAndFillsInDefaults) {
  const SyncFile file = SyncFile::parse(good());
  EXPECT_EQ(file.id, "accounts");
  EXPECT_EQ(file.strategy, Strategy::source_wins);
  EXPECT_EQ(file.deletes, DeletePolicy::ignore);
  EXPECT_EQ(file.limits.page_records_max, 1000);
  EXPECT_EQ(file.limits.batches_in_flight, 1);
  EXPECT_EQ(file.breaker.percent, 5);
  EXPECT_FALSE(file.schedule);
}

TEST(SyncFile, TakesEverySetting) {
  json file = good();
  file.update(json::parse(R"({"description": "x", "conflictResolution": "target_wins",
    "deletes": {"policy": "soft", "limitRecords": 10, "limitPercent": 50}, "batchSize": 250, "batchesInFlight": 4,
    "schedule": {"cron": "*/5 * * * *", "timeZone": "Europe/Vienna"}})"));
  const SyncFile taken = SyncFile::parse(file);
  EXPECT_EQ(taken.strategy, Strategy::target_wins);
  EXPECT_EQ(taken.deletes, DeletePolicy::soft);
  EXPECT_EQ(taken.breaker.records_min, 10);
  EXPECT_EQ(taken.breaker.percent, 50);
  EXPECT_EQ(taken.limits.page_records_max, 250);
  EXPECT_EQ(taken.limits.batches_in_flight, 4);
  EXPECT_TRUE(taken.schedule);
}

TEST(SyncFile, TakesRulesForTheRecordAndTheTestsOfTheMapping) {
  json file = good();
  file["validation"] = json::parse(R"([{"expression": "record.id != null", "message": "no id"}])");
  file["tests"] = json::parse(R"([{"input": {"Id": 1}, "expect": {"id": 1}}])");
  EXPECT_EQ(SyncFile::parse(file).validation, file["validation"]);
  EXPECT_TRUE(SyncFile::parse(good()).validation.is_null());
  file["tests"] = json::parse(R"([{"input": {}}, {"input": {}, "expect": {}, "got": {}}])");
  const std::string faults = fault_of(file);
  EXPECT_NE(faults.find("tests[0].expect: must be an object"), std::string::npos) << faults;
  EXPECT_NE(faults.find("tests[1].got: unknown key"), std::string::npos) << faults;
}

TEST(SyncFile, TakesIntegrationsInPlaceOfSettings) {
  json file = good();
  file["source"] = {{"integration", "crm"}};
  const SyncFile taken = SyncFile::parse(file);
  EXPECT_EQ(taken.source.integration, "crm");
  EXPECT_TRUE(taken.source.type.empty());
  EXPECT_EQ(taken.target.type, "sqlite");
  EXPECT_TRUE(taken.target.integration.empty());
}

TEST(SyncFile, NamesTheKeyThatIsWrong) {
  const std::vector<std::pair<const char*, const char*>> cases{
      {R"({"id": "with space"})", "id:"},
      {R"({"id": ""})", "id:"},
      {R"({"source": "salesforce"})", "source:"},
      {R"({"source": {"type": 1}})", "source.type:"},
      {R"({"source": {"integration": ""}})", "source.integration:"},
      {R"({"target": {"integration": 7}})", "target.integration:"},
      {R"({"source": {"integration": "crm", "type": "sqlite"}})", "source.type: unknown key"},
      {R"({"target": {"type": "sqlite", "config": []}})", "target.config:"},
      {R"({"target": {"type": "sqlite", "colour": 1}})", "target.colour: unknown key"},
      {R"({"sourceObject": 5})", "sourceObject:"},
      {R"({"fieldMappings": []})", "fieldMappings:"},
      {R"({"conflictResolution": "best_wins"})", "conflictResolution:"},
      {R"({"direction": "sideways"})", "direction: must be one of one_way, two_way"},
      {R"({"creates": "some", "direction": "two_way"})", "creates: must be one of both"},
      {R"({"matchOn": "id"})", "matchOn: only a sync that decides field by field has it"},
      {R"({"deletes": "sometimes"})", "deletes:"},
      {R"({"deletes": {"policy": "soft", "limitPercent": 101}})", "deletes.limitPercent:"},
      {R"({"batchSize": 0})", "batchSize:"},
      {R"({"batchSize": "many"})", "batchSize:"},
      {R"({"batchesInFlight": 17})", "batchesInFlight:"},
      {R"({"schedule": "sometimes"})", "schedule:"},
      {R"({"schedule": {"cron": "* * * * *", "timeZone": "Mars"}})", "Mars"},
      {R"({"colour": "blue"})", "colour: unknown key"},
  };
  for (const auto& [change, wanted] : cases) {
    json file = good();
    file.merge_patch(json::parse(change));
    EXPECT_NE(fault_of(file).find(wanted), std::string::npos) << change << " gave: " << fault_of(file);
  }
}

TEST(SyncFile, TellsAllFaultsAtOnce) {
  const std::string fault = fault_of(json::parse(R"({"colour": 1, "batchSize": 0})"));
  for (const char* key :
       {"colour:", "id:", "source:", "target:", "sourceObject:", "targetObject:", "fieldMappings:", "batchSize:"})
    EXPECT_NE(fault.find(key), std::string::npos) << key << " is not in: " << fault;
}

}  // namespace
}  // namespace nexpo

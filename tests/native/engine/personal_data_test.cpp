// Personal data through the engine: nothing of it is in the state, in what is listed, or in what is told.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "engine/small_sync.hpp"

namespace nexpo {
namespace {

using nlohmann::json;

constexpr const char* kPhone = "+43 664 5550123";
const std::string kName = "Wilhelmina Featherstonehaugh-Cholmondeley of Marjoribanks";  // longer than the target takes

class PersonalDataTest : public testing::Test {
 protected:
  PersonalDataTest() { sync_.put(7, kName, kPhone); }

  json file() const {
    json file = sync_.file();
    file["fieldMappings"][1]["pii"] = true;
    file["fieldMappings"][2]["pii"] = true;
    return file;
  }
  json run(json how = json::object()) {
    json body{{"file", file()}};
    body.update(how);
    return engine_.call("sync.run", body);
  }
  json rejected() { return engine_.call("sync.rejected", {{"syncId", "people"}})["records"]; }

  /// Every byte of the state's folder but the key file.
  std::string state() const {
    std::ostringstream all;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(engine_.path("state")))
      if (entry.is_regular_file()) all << std::ifstream(entry.path(), std::ios::binary).rdbuf();
    return all.str();
  }

  CalledEngine engine_;
  SmallSync sync_{engine_, 10};
};

TEST_F(PersonalDataTest, NothingOfARejectedRecordIsInTheStateTheListOrTheEvents) {
  EXPECT_EQ(run()["rejected"], 1);
  const std::string listed = rejected().dump();
  for (const std::string& secret : {kName, std::string(kPhone)}) {
    EXPECT_EQ(state().find(secret), std::string::npos) << secret;
    EXPECT_EQ(listed.find(secret), std::string::npos) << secret;
    EXPECT_EQ(engine_.events().find(secret), std::string::npos) << secret;
  }
  EXPECT_EQ(rejected()[0]["original"], json({{"id", 7}, {"name", "•••"}, {"phone", "•••"}}));
  EXPECT_EQ(rejected()[0]["personalData"], "sealed");
}

TEST_F(PersonalDataTest, TheSameRecordUnmarkedIsInTheState) {
  engine_.call("sync.run", {{"file", sync_.file()}});
  EXPECT_NE(state().find(kName), std::string::npos) << "or the test above could not fail";
  EXPECT_FALSE(rejected()[0].contains("personalData"));
}

TEST_F(PersonalDataTest, AReplayInAnotherProcessOpensWhatWasSealed) {
  run();
  engine_.reopen();
  sync_.change_target(
      "ALTER TABLE contacts RENAME TO old; CREATE TABLE contacts (id INTEGER PRIMARY KEY, name TEXT, "
      "phone TEXT); INSERT INTO contacts SELECT * FROM old");
  EXPECT_EQ(run({{"replay", true}})["created"], 1);
  EXPECT_EQ(sync_.in_target(7), kName + "/" + kPhone);
  EXPECT_TRUE(rejected().empty());
}

TEST_F(PersonalDataTest, AfterAnEraseTheRecordSaysSoAndARunGoesOn) {
  run();
  EXPECT_EQ(engine_.call("keys.erase", {{"name", "sync/people"}})["erased"], true);
  EXPECT_EQ(rejected()[0]["personalData"], "erased");
  const json report = run({{"replay", true}});
  EXPECT_EQ(report["status"], "succeeded") << report;
  EXPECT_EQ(report["rejected"], 1);
  EXPECT_EQ(rejected()[0]["code"], "key_erased");
  sync_.put(7, "Mina", kPhone);
  EXPECT_EQ(run({{"approve", true}})["status"], "succeeded");
  EXPECT_EQ(sync_.in_target(7), std::string("Mina/") + kPhone);
  EXPECT_TRUE(rejected().empty());
}

TEST_F(PersonalDataTest, APlanShowsThatAFieldChangesAndNotWhat) {
  run();
  sync_.put(1, "another name", "+43 1 0001");
  const json plan = engine_.call("sync.plan", {{"file", file()}});
  const json& differences = plan["differences"];
  const auto changed =
      std::find_if(differences.begin(), differences.end(), [](const json& one) { return one["key"] == "1"; });
  ASSERT_NE(changed, differences.end()) << plan;
  EXPECT_EQ((*changed)["fields"], json::parse(R"([{"field":"name","from":"•••","to":"•••"}])"));
  EXPECT_EQ(plan.dump().find(kName), std::string::npos);
}

TEST_F(PersonalDataTest, AMarkedKeyIsWarnedOf) {
  json marked = file();
  marked["fieldMappings"][0]["pii"] = true;
  const json report = engine_.call("sync.run", {{"file", marked}});
  ASSERT_EQ(report["warnings"].size(), 1u) << report;
  EXPECT_NE(report["warnings"][0].get<std::string>().find("keys are kept and shown as they are"), std::string::npos);
}

}  // namespace
}  // namespace nexpo

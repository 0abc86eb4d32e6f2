// Decisions that give values for personal data, through the engine and a run.
#include <filesystem>
#include <fstream>
#include <sstream>

#include "engine/small_sync.hpp"
#include "sql/pg_test_database.hpp"

namespace nexpo {
namespace {

using nlohmann::json;

const std::string kGiven = "+43 664 5550123";

/// With the state of the embedded store, and of PostgreSQL.
class PersonalDecisions : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (GetParam() == "postgresql" && !database_) GTEST_SKIP() << "DATA_SYNC_TEST_PG is not set";
  }
  PersonalDecisions() {
    execute("source.db",
            "DROP TABLE people; CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT, phone TEXT); "
            "INSERT INTO people VALUES (1, 'a,b', '1')");
  }

  json file() const {
    json file = sync_.file();
    file["source"]["config"].erase("versionField");
    file["direction"] = "two_way";
    file["conflictResolution"] = "merge";
    file["deletes"] = "hard";
    for (json& mapping : file["fieldMappings"]) mapping["pii"] = mapping["target"] != "id";
    return file;
  }
  json run(json how = json::object()) {
    json body{{"file", file()}, {"approve", true}};
    body.update(how);
    return engine_.call("sync.run", body);
  }
  void execute(const std::string& database, const std::string& sql) const {
    sql::SqliteDatabase(engine_.path(database).string()).execute(sql);
  }
  std::string in_source() const {
    std::string found;
    sql::SqliteDatabase database(engine_.path("source.db").string());
    database.statement("SELECT name || '/' || phone FROM people").first([&](const auto& row) {
      found = row.string(0);
    });
    return found;
  }
  /// Both sides change `column` of the one record, and a run holds it.
  json conflict_over(const std::string& column, const std::string& source, const std::string& target) {
    EXPECT_EQ(run()["status"], "succeeded");
    execute("source.db", fmt::format("UPDATE people SET {} = '{}'", column, source));
    execute("target.db", fmt::format("UPDATE contacts SET {} = '{}'", column, target));
    EXPECT_EQ(run({{"full", true}})["status"], "succeeded");
    return open_conflict();
  }
  json open_conflict() {
    const json found = engine_.call("conflict.list", {{"syncId", "people"}, {"state", "open"}})["conflicts"];
    return found.empty() ? json() : found[0];
  }
  /// Every byte of the state's folder, or what the database has of conflicts.
  std::string state() const {
    std::ostringstream all;
    if (database_) {
      sql::PgConnection connection(database_->address());
      pqxx::nontransaction work(connection);
      for (const auto& row : work.exec("SELECT encode(decision, 'escape') || encode(body, 'escape') || "
                                       "encode(sealed, 'escape') FROM data_sync.conflict"))
        all << row[0].c_str();
    }
    for (const auto& entry : std::filesystem::recursive_directory_iterator(engine_.path("state")))
      if (entry.is_regular_file()) all << std::ifstream(entry.path(), std::ios::binary).rdbuf();
    return all.str();
  }
  json decide(const json& conflict, const json& value) {
    return engine_.call("conflict.decide", {{"id", conflict["id"]},
                                            {"sourceHash", conflict["sourceHash"]},
                                            {"targetHash", conflict["targetHash"]},
                                            {"fields", {{"phone", {{"value", value}}}}}})["conflict"];
  }

  std::unique_ptr<PgTestDatabase> database_ =
      GetParam() == "postgresql" && pg_test_url() ? std::make_unique<PgTestDatabase>() : nullptr;
  CalledEngine engine_{database_ ? database_->url() : ""};
  SmallSync sync_{engine_, 1};
};

TEST_P(PersonalDecisions, AGivenValueIsSealedInTheStateMaskedInAnswersAndCarriedOut) {
  const json conflict = conflict_over("phone", "22222222", "33333333");
  ASSERT_TRUE(conflict.is_object());
  EXPECT_EQ(conflict["review"][0]["source"], "•••");
  const json decided = decide(conflict, kGiven);
  EXPECT_EQ(decided["decision"], (json{{"fields", {{"phone", {{"value", "•••"}}}}}}))
      << "and nothing of what is sealed";
  EXPECT_EQ(state().find(kGiven), std::string::npos);
  engine_.reopen();
  EXPECT_EQ(run({{"decisions", true}})["status"], "succeeded");
  EXPECT_EQ(sync_.in_target(1), "a,b/" + kGiven);
  EXPECT_EQ(in_source(), "a,b/" + kGiven);
  EXPECT_EQ(state().find(kGiven), std::string::npos) << "nor afterwards";
  const json closed = engine_.call("conflict.get", {{"id", conflict["id"]}})["conflict"];
  EXPECT_EQ(closed["outcome"], "applied");
  EXPECT_EQ(closed.dump().find("5550123"), std::string::npos);

  engine_.call("conflict.undo", {{"id", conflict["id"]}});
  EXPECT_EQ(run({{"decisions", true}})["status"], "succeeded");
  EXPECT_EQ(in_source(), "a,b/22222222");
  EXPECT_EQ(sync_.in_target(1), "a,b/33333333");
}

TEST_P(PersonalDecisions, TheSameValueUnmarkedIsInTheState) {
  json unmarked = file();
  for (json& mapping : unmarked["fieldMappings"]) mapping.erase("pii");
  const auto run_unmarked = [&] { engine_.call("sync.run", {{"file", unmarked}, {"full", true}, {"approve", true}}); };
  run_unmarked();
  execute("source.db", "UPDATE people SET phone = '2'");
  execute("target.db", "UPDATE contacts SET phone = '3'");
  run_unmarked();
  decide(open_conflict(), kGiven);
  EXPECT_NE(state().find(kGiven), std::string::npos) << "or the test above could not fail";
}

TEST_P(PersonalDecisions, RulesSeeTheValuesAndTheirResultIsSealed) {
  const json conflict = conflict_over("name", "a,b,Wilhelmina", "a,b,Featherstone");
  const json how{{"syncId", "people"}, {"rules", {{"name", {{"rule", "union"}, {"separator", ","}}}}}};
  const json done = engine_.call("conflict.apply_rules", how);
  EXPECT_EQ(done["decided"], 1) << done;
  EXPECT_EQ(done["results"][0]["fields"][0]["took"], (json{{"value", "•••"}}));
  EXPECT_EQ(state().find("Wilhelmina"), std::string::npos);
  EXPECT_EQ(run({{"decisions", true}})["status"], "succeeded");
  EXPECT_EQ(in_source(), "a,b,Featherstone,Wilhelmina/1");
  EXPECT_EQ(sync_.in_target(1), "a,b,Featherstone,Wilhelmina/1");
  EXPECT_EQ(engine_.call("conflict.preview", how)["decided"]["same"], 1) << "the preview opens what was decided";
}

TEST_P(PersonalDecisions, WithAnErasedKeyNothingIsWrittenAndTheConflictIsOpenAgain) {
  decide(conflict_over("phone", "22222222", "33333333"), kGiven);
  EXPECT_EQ(engine_.call("keys.erase", {{"name", "sync/people"}})["erased"], true);
  EXPECT_EQ(run({{"full", true}})["status"], "succeeded");
  EXPECT_EQ(in_source(), "a,b/22222222");
  EXPECT_EQ(sync_.in_target(1), "a,b/33333333");
  EXPECT_TRUE(open_conflict().is_object());
}

TEST_P(PersonalDecisions, AnUndoWithAnErasedKeyWritesNoMasks) {
  const json conflict = conflict_over("phone", "22222222", "33333333");
  decide(conflict, kGiven);
  run({{"decisions", true}});
  engine_.call("keys.erase", {{"name", "sync/people"}});
  engine_.call("conflict.undo", {{"id", conflict["id"]}});
  run({{"full", true}});
  EXPECT_EQ(in_source(), "a,b/" + kGiven);
  EXPECT_EQ(sync_.in_target(1), "a,b/" + kGiven);
}

INSTANTIATE_TEST_SUITE_P(Stores, PersonalDecisions, testing::Values("sqlite", "postgresql"),
                         [](const auto& store) { return store.param; });

}  // namespace
}  // namespace nexpo

// Mappings that look things up, through the engine: stored tables, other systems, links, functions of the host.
#include <gtest/gtest.h>

#include "engine/small_sync.hpp"

namespace nexpo {
namespace {

using nlohmann::json;

class Lookups : public testing::Test {
 protected:
  /// The sync with `phone` looked up; what is not there makes it null.
  json file(json params, const std::string& on_error = "null") {
    json file = sync_.file();
    file["fieldMappings"][2]["transformation"] = {{"type", "lookup"}, {"params", std::move(params)}};
    file["fieldMappings"][2]["onError"] = on_error;
    return file;
  }
  json run(const json& file, json how = json::object()) {
    how["file"] = file;
    return engine_.call("sync.run", how);
  }
  void store(const std::string& id, const json& rows) {
    engine_.call("book.put", {{"kind", "table"}, {"id", id}, {"body", {{"rows", rows}}}});
  }
  /// A database with countries (code, name), two of which share a code.
  json countries() {
    const std::string path = engine_.path("countries.db").string();
    sql::SqliteDatabase database(path);
    database.execute(
        "CREATE TABLE IF NOT EXISTS countries (id INTEGER PRIMARY KEY, code TEXT, name TEXT);"
        "INSERT OR REPLACE INTO countries VALUES (1, 'AT', 'Austria'), (2, 'DE', 'Germany'), (3, 'XX', 'One'), "
        "(4, 'XX', 'Two')");
    return {{"type", "sqlite"}, {"config", {{"path", path}}}};
  }
  json from(json end) {
    return {{"from", std::move(end)}, {"object", "countries"}, {"key", "code"}, {"value", "name"}};
  }

  CalledEngine engine_;
  SmallSync sync_{engine_, 0};
};

TEST_F(Lookups, AStoredTableIsReadBeforeTheRunAndAChangedOneMakesTheNextRunReadEverything) {
  sync_.put(1, "Ann", "AT");
  sync_.put(2, "Bob", "de");
  store("countries", {{"AT", "Austria"}, {"DE", "Germany"}});
  const json file = this->file({{"stored", "countries"}, {"ignoreCase", true}});
  EXPECT_EQ(run(file)["status"], "succeeded");
  EXPECT_EQ(sync_.in_target(1), "Ann/Austria");
  EXPECT_EQ(sync_.in_target(2), "Bob/Germany");
  EXPECT_EQ(run(file)["mode"], "incremental");
  store("countries", {{"AT", "Österreich"}, {"DE", "Germany"}});
  EXPECT_EQ(run(file)["mode"], "full");
  EXPECT_EQ(sync_.in_target(1), "Ann/Österreich");
}

TEST_F(Lookups, ATableThatIsNotThereEndsTheRunBeforeAnythingIsRead) {
  sync_.put(1, "Ann", "AT");
  const Error error = engine_.error_of("sync.run", {{"file", file({{"stored", "countries"}})}});
  EXPECT_EQ(error.kind(), ErrorKind::invalid);
  EXPECT_NE(error.message().find("fieldMappings[2].transformation.params.stored: there is no stored table `countries`"),
            std::string::npos)
      << error.message();
}

TEST_F(Lookups, AnotherSystemIsAskedPageByPageAndItsCallsCount) {
  for (int id = 1; id <= 25; ++id) sync_.put(id, fmt::format("p{}", id), id % 2 ? "AT" : "DE");
  sync_.put(30, "shared", "XX");
  sync_.put(31, "nowhere", "ZZ");
  const uint64_t without = run(sync_.file(), {{"full", true}})["apiCalls"];
  const json report = run(file(from(countries())), {{"full", true}});
  EXPECT_EQ(report["status"], "succeeded");
  EXPECT_EQ(sync_.in_target(1), "p1/Austria");
  EXPECT_EQ(sync_.in_target(24), "p24/Germany");
  EXPECT_GT(report["apiCalls"].get<uint64_t>(), without);
  ASSERT_EQ(report["rules"].size(), 2u);
  EXPECT_EQ(report["rules"][0]["rule"], "lookup");
  EXPECT_EQ(report["rules"][0]["at"], "fieldMappings[2].transformation.params");
  EXPECT_EQ(report["rules"][0]["checked"], 27);
  EXPECT_EQ(report["rules"][0]["failed"], 2);
  EXPECT_EQ(report["rules"][1]["rule"], "onError");
  EXPECT_EQ(report["rules"][1]["failed"], 2);
  EXPECT_NE(report["planHash"], "");
}

TEST_F(Lookups, AnAmbiguousKeyIsARejectionThatNamesIt) {
  sync_.put(1, "shared", "XX");
  const json report = run(file(from(countries()), "fail_record"));
  EXPECT_EQ(report["rejected"], 1);
  const json rejected = engine_.call("sync.rejected", {{"syncId", "people"}})["records"][0];
  EXPECT_EQ(rejected["code"], "ambiguous");
  EXPECT_EQ(rejected["message"], "phone `XX` is in countries.code more than once");
}

TEST_F(Lookups, AFieldThatTheOtherSystemDoesNotHaveEndsTheRunBeforeItReads) {
  json params = from(countries());
  params["value"] = "nmae";
  const Error error = engine_.error_of("sync.run", {{"file", file(params)}});
  EXPECT_EQ(error.field(), "fieldMappings[2].transformation.params.value");
}

TEST_F(Lookups, AnIntegrationIsASystemToLookInto) {
  engine_.call("book.put", {{"kind", "integration"}, {"id", "geo"}, {"body", countries()}});
  sync_.put(1, "Ann", "AT");
  EXPECT_EQ(run(file(from({{"integration", "geo"}})))["status"], "succeeded");
  EXPECT_EQ(sync_.in_target(1), "Ann/Austria");
  const Error error = engine_.error_of("sync.run", {{"file", file(from({{"integration", "gone"}}))}});
  EXPECT_NE(error.message().find("integration \"gone\" does not exist"), std::string::npos);
}

TEST_F(Lookups, ALinkLeadsToTheOtherSystemsKeyAndAParentThatComesLaterIsFoundByTheNextRun) {
  sync_.put(1, "Ann", "+1");
  sync_.put(2, "Bob", "+2");
  EXPECT_EQ(run(sync_.file())["created"], 2);

  // Children with the id of a parent in `phone`, one of whom is not there yet.
  CalledEngine& engine = engine_;
  const std::string source = engine.path("children.db").string(), target = engine.path("kids.db").string();
  {
    sql::SqliteDatabase from(source), to(target);
    from.execute(
        "CREATE TABLE children (id TEXT PRIMARY KEY, parent INTEGER, changed TEXT NOT NULL);"
        "INSERT INTO children VALUES ('a', 1, '2026-01-01T00:00:01Z'), ('b', 3, '2026-01-01T00:00:02Z')");
    to.execute("CREATE TABLE kids (id TEXT PRIMARY KEY, parent TEXT)");
  }
  const json children = {{"id", "children"},
                         {"source", {{"type", "sqlite"}, {"config", {{"path", source}, {"versionField", "changed"}}}}},
                         {"target", {{"type", "sqlite"}, {"config", {{"path", target}}}}},
                         {"sourceObject", "children"},
                         {"targetObject", "kids"},
                         {"fieldMappings",
                          {{{"source", "id"}, {"target", "id"}},
                           {{"source", "parent"},
                            {"target", "parent"},
                            {"required", true},
                            {"transformation", {{"type", "lookup"}, {"params", {{"link", "people"}}}}}}}}};
  const json first = run(children);
  EXPECT_EQ(first["created"], 1);
  EXPECT_EQ(first["rejected"], 1);
  const json rejected = engine.call("sync.rejected", {{"syncId", "children"}})["records"][0];
  EXPECT_EQ(rejected["code"], "missing_parent");
  EXPECT_TRUE(rejected["retryable"].get<bool>());
  EXPECT_EQ(rejected["message"], "parent `3` is not linked by sync \"people\" yet");

  sync_.put(3, "Cid", "+3");
  run(sync_.file());
  EXPECT_EQ(run(children)["created"], 1);
  sql::SqliteDatabase kids(target);
  std::string parent;
  kids.statement("SELECT parent FROM kids WHERE id = 'b'").first([&](const auto& row) { parent = row.string(0); });
  EXPECT_EQ(parent, "3");
}

TEST_F(Lookups, ASyncThatHasNotRunIsAWarning) {
  const json report = run(file({{"link", "typo"}}));
  ASSERT_EQ(report["warnings"].size(), 1u);
  EXPECT_NE(report["warnings"][0].get<std::string>().find("sync \"typo\" has not run yet"), std::string::npos);
}

TEST_F(Lookups, AFunctionThatNobodyRegisteredIsAFaultBeforeTheRun) {
  json file = sync_.file();
  file["fieldMappings"][2]["transformation"] = {{"type", "custom"}, {"params", {{"function", "score"}}}};
  file["fieldMappings"][2]["onError"] = "null";
  EXPECT_NE(engine_.error_of("sync.run", {{"file", file}}).message().find("has registered no function `score`"),
            std::string::npos);
}

TEST_F(Lookups, APreviewTakesTablesAlongAndAsksTheSameSystems) {
  const json mapping = file({{"stored", "countries"}})["fieldMappings"];
  const json body{{"fieldMappings", mapping}, {"records", R"([{"id":1,"name":"Ann","phone":"AT"}])"}};
  EXPECT_FALSE(engine_.call("mapping.preview", body)["diagnostics"].empty());
  json with = body;
  with["tables"] = {{"countries", {{"AT", "Austria"}}}};
  EXPECT_EQ(engine_.call("mapping.preview", with)["records"][0]["output"]["phone"], "Austria");
  store("countries", {{"AT", "kept"}});
  EXPECT_EQ(engine_.call("mapping.preview", body)["records"][0]["output"]["phone"], "kept");
  EXPECT_EQ(engine_.call("mapping.preview", with)["records"][0]["output"]["phone"], "Austria");
  json other = body;
  other["fieldMappings"] = file(from(countries()))["fieldMappings"];
  EXPECT_EQ(engine_.call("mapping.preview", other)["records"][0]["output"]["phone"], "Austria");
  const json applied = engine_.call("mapping.apply", other);
  EXPECT_EQ(applied["results"][0]["output"]["phone"], "Austria");
  EXPECT_EQ(applied["counters"][0]["asked"], 1);
}

}  // namespace
}  // namespace nexpo

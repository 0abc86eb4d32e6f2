// Documents, integrations and keys through the table of methods, as the bridge calls it.
#include "engine/small_sync.hpp"

namespace nexpo {
namespace {

using nlohmann::json;

const json kAda{{"actor", "ada"}, {"action", "look"}};

TEST(BookMethods, ADocumentAndItsSecretComeBackAsTheyWere) {
  CalledEngine engine;
  const json body = json::parse(R"({"list": [1, 2.5, null, {"a": "ä"}], "big": 9007199254740993})");
  const json secret{{"authentication", {{"password", "hunter2"}}}};
  const json made = engine.call(
      "book.put",
      {{"kind", "integration"}, {"id", "a/b c"}, {"body", body}, {"secret", secret}, {"audit", kAda}})["document"];
  EXPECT_EQ(made["body"], body);
  EXPECT_EQ(made["revision"], 1);
  EXPECT_EQ(made["hasSecret"], true);
  EXPECT_EQ(made.dump().find("hunter2"), std::string::npos);
  engine.reopen();
  const json place{{"kind", "integration"}, {"id", "a/b c"}, {"audit", kAda}};
  EXPECT_EQ(engine.call("book.reveal", place)["secret"], secret);
  EXPECT_EQ(engine.call("audit.verify", json::object()), (json{{"ok", true}, {"entries", 2}}));
  EXPECT_EQ(engine.call("book.delete", place)["deleted"], true);
  EXPECT_TRUE(engine.call("book.get", place)["document"].is_null());
}

TEST(BookMethods, AnIntegrationStandsForTheEndOfASyncAndOfACall) {
  CalledEngine engine;
  const SmallSync sync(engine, 25);
  json file = sync.file();
  for (const char* end : {"source", "target"}) {
    engine.call("book.put", {{"kind", "integration"}, {"id", end}, {"body", file[end]}});
    file[end] = {{"integration", end}};
  }
  EXPECT_EQ(engine.call("sync.run", {{"file", file}})["created"], 25);
  EXPECT_EQ(engine.call("end.objects", {{"end", {{"integration", "source"}}}})["objects"][0]["name"], "people");
  const json read{{"end", {{"integration", "target"}}}, {"object", "contacts"}, {"fields", {"id"}}, {"limit", 3}};
  EXPECT_EQ(engine.call("end.read", read)["records"].size(), 3u);
  const json uses = engine.call("audit.list", {{"action", "credential.use"}})["entries"];
  ASSERT_EQ(uses.size(), 4u);
  EXPECT_EQ(uses[0]["detail"], (json{{"syncId", "people"}}));
  EXPECT_EQ(uses[2]["subject"], "integration/source");
}

TEST(BookMethods, WhatTheSecretSaysIsLaidOverTheConfig) {
  CalledEngine engine;
  const SmallSync sync(engine, 1);
  const std::string path = sync.file()["source"]["config"]["path"];
  engine.call("book.put", {{"kind", "integration"},
                           {"id", "x"},
                           {"body", {{"type", "sqlite"}, {"config", {{"path", "nowhere/at/all.db"}}}}},
                           {"secret", {{"authentication", {{"path", path}}}}}});
  const json call{{"end", {{"integration", "x"}}}, {"object", "people"}};
  EXPECT_EQ(engine.call("end.describe", call)["keyField"], "id");
  EXPECT_TRUE(engine.call("keys.erase", {{"name", "integration/x"}})["erased"]);
  const Error error = engine.error_of("end.describe", call);
  EXPECT_EQ(error.field(), "end.integration");
  EXPECT_EQ(error.message().find(path), std::string::npos);
}

TEST(BookMethods, AnIntegrationThatIsNotThereIsRefusedByItsPlace) {
  CalledEngine engine;
  json file = SmallSync(engine, 1).file();
  file["target"] = {{"integration", "gone"}};
  const Error error = engine.error_of("sync.run", {{"file", file}});
  EXPECT_EQ(error.kind(), ErrorKind::invalid);
  EXPECT_EQ(error.field(), "target.integration");
  EXPECT_NE(error.message().find("\"gone\""), std::string::npos) << error.message();
}

}  // namespace
}  // namespace nexpo

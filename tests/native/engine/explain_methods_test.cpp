// record.explain through the engine, on a sync between two database files.
#include "engine/explain_methods.hpp"

#include "engine/small_sync.hpp"

namespace nexpo {
namespace {

using nlohmann::json;

class ExplainMethods : public testing::Test {
 protected:
  json explain(const std::string& key, json how = json::object()) {
    json body{{"file", file_}, {"key", key}};
    body.update(how);
    return engine_.call("record.explain", body);
  }
  static json field(const json& told, const std::string& target) {
    for (const json& one : told["fields"])
      if (one["target"] == target) return one;
    return nullptr;
  }
  void run() { engine_.call("sync.run", {{"file", file_}}); }

  CalledEngine engine_;
  SmallSync sync_{engine_, 3};
  json file_ = sync_.file();
};

TEST_F(ExplainMethods, TellsBothSidesTheLinkAndEachStep) {
  file_["fieldMappings"][1]["transformation"] = {{{"type", "format"}, {"params", {{"trim", true}}}},
                                                 {{"type", "format"}, {"params", {{"case", "upper"}}}}};
  sync_.put(2, " ada ", "1");
  run();
  sync_.change_target("UPDATE contacts SET phone = 'by a person' WHERE id = 2");
  const json told = explain("2");
  EXPECT_EQ(told["syncId"], "people");
  EXPECT_EQ(told["source"]["key"], "2");
  EXPECT_EQ(told["source"]["values"]["name"], " ada ");
  EXPECT_EQ(told["target"]["values"]["phone"], "by a person");
  EXPECT_EQ(told["link"]["targetKey"], "2");
  EXPECT_EQ(told["pair"], nullptr);
  EXPECT_EQ(told["rejected"], nullptr);
  const json name = field(told, "name");
  EXPECT_EQ(name["from"], " ada ");
  EXPECT_EQ(name["steps"], (json::array({{{"step", "trim"}, {"value", "ada"}}, {{"step", "case"}, {"value", "ADA"}}})));
  EXPECT_EQ(name["mapped"], "ADA");
  EXPECT_EQ(name["inTarget"], "ADA");
  EXPECT_FALSE(name.contains("base"));
  EXPECT_EQ(field(told, "phone")["mapped"], "1");
  EXPECT_EQ(field(told, "phone")["inTarget"], "by a person");
}

TEST_F(ExplainMethods, MasksPersonalValues) {
  file_["fieldMappings"][2]["pii"] = true;
  run();
  const json told = explain("1");
  EXPECT_EQ(told.dump().find("+43"), std::string::npos) << told;
  EXPECT_EQ(field(told, "phone")["mapped"], "\xE2\x80\xA2\xE2\x80\xA2\xE2\x80\xA2");
  EXPECT_EQ(field(told, "name")["mapped"], "name 1");
}

TEST_F(ExplainMethods, TellsWhyARecordWasRejected) {
  sync_.put(2, std::string(50, 'x'), "1");
  run();
  const json told = explain("2");
  EXPECT_EQ(told["target"], nullptr);
  EXPECT_EQ(told["rejected"]["sourceKey"], "2");
}

TEST_F(ExplainMethods, KnowsNothingOfAStranger) {
  run();
  const Error error = engine_.error_of("record.explain", {{"file", file_}, {"key", "99"}});
  EXPECT_EQ(error.code(), "not_found");
  EXPECT_EQ(engine_.error_of("record.explain", {{"file", file_}, {"key", ""}}).field(), "key");
  EXPECT_EQ(engine_.error_of("record.explain", {{"file", file_}, {"key", "1"}, {"side", "left"}}).field(), "side");
}

}  // namespace
}  // namespace nexpo

// What rules would settle, through the engine.
#include "engine/conflict_preview.hpp"

#include "engine/called_engine.hpp"
#include "engine/held_conflicts.hpp"

namespace nexpo {
namespace {

using nlohmann::json;

class ConflictPreview : public testing::Test {
 protected:
  json preview(json how) {
    how["syncId"] = "crm";
    return engine_.call("conflict.preview", how);
  }
  /// A conflict over `size`: 10 before, then `source` and `target`.
  int64_t sized(const std::string& key, json source, json target, const std::function<void(Conflict&)>& change = {}) {
    return held_.hold("crm", key, {"size"}, [&](Conflict& conflict) {
      json body = json::parse(conflict.body);
      body["fields"][0].update({{"base", 10}, {"source", source}, {"target", target}});
      conflict.body = body.dump();
      if (change) change(conflict);
    });
  }

  CalledEngine engine_;
  HeldConflicts held_{engine_.path("state")};
};

TEST_F(ConflictPreview, CountsWhatTheRulesWouldSettle) {
  const int64_t a = sized("a", 12, 11);
  held_.hold("crm", "b", {"name"});
  held_.hold("other", "c", {"size"});
  const json rules{{"size", {{"rule", "counter"}}}};
  const json seen = preview({{"rules", rules}});
  EXPECT_EQ(seen["open"], (json{{"looked", 2}, {"settled", 1}, {"left", 1}}));
  EXPECT_EQ(seen["more"], false);
  EXPECT_EQ(seen["fields"], (json::array({{{"field", "size"}, {"settled", 1}, {"left", 0}},
                                          {{"field", "name"}, {"settled", 0}, {"left", 1}}})));
  EXPECT_EQ(seen["samples"][0], (json{{"id", a},
                                      {"key", "a"},
                                      {"kind", "both_differ"},
                                      {"fields", {{{"field", "size"}, {"took", {{"value", 13}}}, {"rule", "rule"}}}}}));
  EXPECT_EQ(engine_.call("conflict.get", {{"id", a}})["conflict"]["state"], "open") << "nothing is decided";
}

TEST_F(ConflictPreview, AStrategySettlesTheRest) {
  sized("a", 12, 11);
  EXPECT_EQ(preview({{"strategy", "target_wins"}})["open"]["settled"], 1);
  EXPECT_EQ(preview({{"strategy", "merge"}, {"fallback", "source_wins"}})["open"]["settled"], 1);
  EXPECT_EQ(preview({{"strategy", "manual"}})["open"]["settled"], 0);
}

TEST_F(ConflictPreview, DeletionsGoByTheirOwnPolicy) {
  sized("a", 12, 11, [](Conflict& conflict) {
    conflict.kind = "delete_update";
    json body = json::parse(conflict.body);
    body["fields"][0].erase("source");
    conflict.body = body.dump();
  });
  EXPECT_EQ(preview({{"strategy", "source_wins"}})["open"]["settled"], 0);
  EXPECT_EQ(preview({{"deleteUpdate", "update_wins"}})["open"]["settled"], 1);
}

TEST_F(ConflictPreview, ComparesWithWhatPeopleDecided) {
  const auto decided = [&](const std::string& key, const json& decision) {
    sized(key, 12, 11, [&](Conflict& conflict) {
      conflict.state = ConflictState::closed;
      conflict.outcome = "applied";
      conflict.decision = decision.dump();
    });
  };
  decided("a", {{"take", "source"}});
  decided("b", {{"fields", {{"size", "target"}}}});
  decided("c", {{"fields", {{"size", {{"value", 12}}}}}});
  const json seen = preview({{"rules", {{"size", {{"rule", "max"}}}}}})["decided"];
  EXPECT_EQ(seen, (json{{"looked", 3}, {"same", 1}, {"other", 2}, {"left", 0}}));
  EXPECT_EQ(preview({{"strategy", "manual"}})["decided"]["left"], 3);
}

TEST_F(ConflictPreview, RulesThatDoNotHoldAreRefusedWithThePlace) {
  const Error error = engine_.error_of("conflict.preview", {{"syncId", "crm"}, {"rules", {{"a", {{"rule", "best"}}}}}});
  EXPECT_EQ(error.kind(), ErrorKind::invalid);
  EXPECT_NE(error.message().find("conflicts.rules.a.rule"), std::string::npos) << error.message();
}

}  // namespace
}  // namespace nexpo

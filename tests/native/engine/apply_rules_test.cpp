// Rules put to the conflicts that a sync holds, through the engine.
#include "engine/apply_rules.hpp"

#include "engine/called_engine.hpp"
#include "engine/held_conflicts.hpp"

namespace nexpo {
namespace {

using nlohmann::json;

const json kTargetsName{{"name", {{"rule", "authority"}, {"side", "target"}}}};

class ApplyRules : public testing::Test {
 protected:
  json apply(json how) {
    how["syncId"] = "crm";
    return engine_.call("conflict.apply_rules", how);
  }
  json get(int64_t id) { return engine_.call("conflict.get", {{"id", id}})["conflict"]; }
  json newest_audit() { return engine_.call("audit.list", {{"limit", 100}})["entries"].back(); }
  /// A conflict whose first field is changed as `change` wants its review and the rest.
  int64_t hold(const std::vector<std::string>& fields, const std::function<void(Conflict&, json&)>& change) {
    return held_.hold("crm", "k" + std::to_string(++keys_), fields, [&](Conflict& conflict) {
      json body = json::parse(conflict.body);
      change(conflict, body["fields"]);
      conflict.body = body.dump();
    });
  }
  static void give(json& field, json base, json source, json target) {
    field.update({{"base", std::move(base)}, {"source", std::move(source)}, {"target", std::move(target)}});
  }

  CalledEngine engine_;
  HeldConflicts held_{engine_.path("state")};
  int keys_ = 0;
};

TEST_F(ApplyRules, WhatTheRulesSettleIsDecidedAndTheRestStaysOpen) {
  const int64_t a = held_.hold("crm", "a", {"name"});
  const int64_t b = held_.hold("crm", "b", {"name", "phone"});
  const int64_t c = held_.hold("other", "c", {"name"});
  const json done = apply({{"rules", kTargetsName}, {"actor", "ada"}});
  EXPECT_EQ(done["looked"], 2);
  EXPECT_EQ(done["decided"], 1);
  EXPECT_EQ(done["moved"], 0);
  EXPECT_EQ(done["left"], 1);
  EXPECT_EQ(done["more"], false);
  EXPECT_FALSE(done.contains("after"));
  EXPECT_EQ(done["results"][0], (json{{"id", a},
                                      {"syncId", "crm"},
                                      {"key", "a"},
                                      {"kind", "both_differ"},
                                      {"decided", true},
                                      {"fields", {{{"field", "name"}, {"took", "target"}, {"rule", "rule"}}}}}));
  EXPECT_EQ(done["results"][1]["id"], b);
  EXPECT_EQ(done["results"][1]["decided"], false);
  EXPECT_EQ(done["results"][1]["code"], "left");
  EXPECT_EQ(done["results"][1]["message"], "the rules do not settle phone");
  EXPECT_EQ(get(a)["state"], "decided");
  EXPECT_EQ(get(a)["decision"], (json{{"fields", {{"name", "target"}}}}));
  EXPECT_EQ(get(a)["actor"], "ada");
  EXPECT_EQ(get(b)["state"], "open");
  EXPECT_EQ(get(c)["state"], "open") << "another sync's";
}

TEST_F(ApplyRules, ALimitIsGoneOnFrom) {
  std::vector<int64_t> ids;
  for (int i = 0; i < 3; ++i) ids.push_back(hold({i == 0 ? "phone" : "name"}, [](Conflict&, json&) {}));
  json done = apply({{"rules", kTargetsName}, {"limit", 1}});
  EXPECT_EQ(done["left"], 1);
  EXPECT_EQ(done["more"], true);
  EXPECT_EQ(done["after"], ids[0]);
  done = apply({{"rules", kTargetsName}, {"limit", 2}, {"after", done["after"]}});
  EXPECT_EQ(done["decided"], 2) << "one that stays open is not looked at for ever";
  EXPECT_EQ(done["more"], false);
  EXPECT_EQ(apply({{"rules", kTargetsName}})["looked"], 1);
  EXPECT_EQ(engine_.error_of("conflict.apply_rules", {{"syncId", "crm"}, {"limit", 501}}).field(), "limit");
}

TEST_F(ApplyRules, TheAuditLogIsToldTheRulesAndNoValues) {
  hold({"size"}, [](Conflict&, json& fields) { give(fields[0], 10, 12, 11); });
  EXPECT_EQ(apply({{"strategy", "manual"}})["decided"], 0);
  EXPECT_TRUE(engine_.call("audit.list", {{"limit", 100}})["entries"].empty()) << "nothing was decided";
  apply({{"rules", {{"size", {{"rule", "custom"}, {"expression", "source + 4711"}}}}}, {"actor", "ada"}});
  const json entry = newest_audit();
  EXPECT_EQ(entry["action"], "conflict.apply_rules");
  EXPECT_EQ(entry["actor"], "ada");
  EXPECT_EQ(entry["detail"], (json{{"sync", "crm"},
                                   {"strategy", "merge"},
                                   {"rules", {{"size", {{"rule", "custom"}}}}},
                                   {"looked", 1},
                                   {"decided", 1},
                                   {"moved", 0},
                                   {"left", 0}}));
}

TEST_F(ApplyRules, ANumberKeepsItsDigits) {
  const int64_t id = held_.hold("crm", "a", {"size"}, [](Conflict& conflict) {
    conflict.body = R"({"fields":[{"field":"size","base":12345678901234567890.10,"source":12345678901234567890.12,)"
                    R"("target":12345678901234567890.11,"state":"both_differ"}]})";
  });
  EXPECT_EQ(get(id)["review"][0]["base"], "12345678901234567890.10") << "a double would not keep it";
  const json done = apply({{"rules", {{"size", {{"rule", "counter"}}}}}});
  EXPECT_EQ(done["results"][0]["fields"][0]["took"], (json{{"value", "12345678901234567890.13"}}));
  EXPECT_EQ(get(id)["decision"]["fields"]["size"]["value"], "12345678901234567890.13");
}

TEST_F(ApplyRules, AGroupIsTakenFromOneSideOrLeft) {
  const auto group = [](Conflict&, json& fields) { fields[0]["group"] = fields[1]["group"] = 0; };
  const int64_t id = hold({"amount", "currency"}, group);
  const json mixed{{"amount", {{"rule", "authority"}, {"side", "source"}}},
                   {"currency", {{"rule", "authority"}, {"side", "target"}}}};
  json done = apply({{"rules", mixed}});
  EXPECT_EQ(done["left"], 1) << "as it was held, whatever this call says of groups";
  EXPECT_NE(done["results"][0]["message"].get<std::string>().find("amount and currency are decided as one"),
            std::string::npos);
  EXPECT_EQ(get(id)["state"], "open");
  EXPECT_EQ(engine_.call("conflict.preview", {{"syncId", "crm"}, {"rules", mixed}})["open"]["settled"], 0);
  const json together = json::array({{"amount", "currency"}});
  EXPECT_EQ(apply({{"rules", mixed}, {"groups", together}})["decided"], 1);
  EXPECT_EQ(get(id)["decision"], (json{{"fields", {{"amount", "source"}, {"currency", "source"}}}}));
}

TEST_F(ApplyRules, AFieldOfAGroupThatOneSideChangedGoesWithTheGroup) {
  const int64_t id = hold({"amount", "currency"}, [](Conflict&, json& fields) {
    fields[0]["group"] = fields[1]["group"] = 0;
    fields[1]["state"] = "source_only";
    give(fields[1], "t", "s", "t");
  });
  const json groups = json::array({{"amount", "currency"}});
  EXPECT_EQ(apply({{"strategy", "target_wins"}, {"groups", groups}})["decided"], 1);
  EXPECT_EQ(get(id)["decision"], (json{{"fields", {{"amount", "target"}, {"currency", "target"}}}}));
}

TEST_F(ApplyRules, ASideThatWentBackToTheBaseHasChanged) {
  // It was not the base that the side had returned after the last agreement: it rounds.
  const int64_t id = hold({"size"}, [](Conflict&, json& fields) { give(fields[0], 10, 10, 11); });
  EXPECT_EQ(apply({{"strategy", "manual"}})["decided"], 0);
  EXPECT_EQ(apply({{"rules", {{"size", {{"rule", "min"}}}}}})["decided"], 1);
  EXPECT_EQ(get(id)["decision"], (json{{"fields", {{"size", "source"}}}}));
}

TEST_F(ApplyRules, ADeletionIsTakenWholeFromTheSideThatThePolicySays) {
  const auto deleted = [&](const char* side, const char* kind) {
    return hold({"name"}, [&](Conflict& conflict, json& fields) {
      conflict.kind = kind;
      fields[0].erase(side);
    });
  };
  const auto decided = [&](int64_t id) { return get(id).value("decision", json()); };
  const int64_t in_source = deleted("source", "delete_update"), in_target = deleted("target", "delete_update");
  EXPECT_EQ(apply({{"strategy", "source_wins"}})["decided"], 0) << "strategies are about fields";
  const json done = apply({{"deleteUpdate", "update_wins"}});
  EXPECT_EQ(done["decided"], 2);
  EXPECT_EQ(done["results"][0]["take"], "target");
  EXPECT_EQ(decided(in_source), (json{{"take", "target"}}));
  EXPECT_EQ(decided(in_target), (json{{"take", "source"}}));

  const int64_t gone = deleted("source", "delete_update"), back = deleted("target", "undeleted");
  const int64_t both = hold({"name"}, [](Conflict& conflict, json&) { conflict.kind = "delete_update"; });
  EXPECT_EQ(apply({{"deleteUpdate", "delete_wins"}})["decided"], 1);
  EXPECT_EQ(decided(gone), (json{{"take", "source"}}));
  EXPECT_EQ(decided(back), json()) << "a person says whether it is to be deleted again";
  EXPECT_EQ(decided(both), json()) << "nobody can tell which side deleted it";
  EXPECT_EQ(apply({{"deleteUpdate", "update_wins"}})["decided"], 1);
  EXPECT_EQ(decided(back), (json{{"take", "source"}}));
}

TEST_F(ApplyRules, WhatNoRuleIsForIsLeft) {
  for (const char* kind : {"unique_violation", "missing_parent", "key_changed", "loop"})
    hold({"name"}, [&](Conflict& conflict, json&) { conflict.kind = kind; });
  hold({"name"}, [](Conflict& conflict, json&) { conflict.sealed = "by a key that is no more"; });
  const json done = apply({{"strategy", "source_wins"}});
  EXPECT_EQ(done["left"], 5);
  EXPECT_EQ(done["results"][0]["message"], "no rule settles a conflict of the kind unique_violation");
  EXPECT_EQ(done["results"][4]["message"], "the key of its personal data was erased");
}

TEST_F(ApplyRules, RulesThatDoNotHoldAreRefusedAndNothingIsDecided) {
  const int64_t id = held_.hold("crm", "a", {"name"});
  const json body{{"syncId", "crm"}, {"strategy", "source_wins"}, {"rules", {{"a", {{"rule", "best"}}}}}};
  EXPECT_NE(engine_.error_of("conflict.apply_rules", body).message().find("conflicts.rules.a.rule"), std::string::npos);
  EXPECT_EQ(get(id)["state"], "open");
}

}  // namespace
}  // namespace nexpo

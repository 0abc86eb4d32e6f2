// Conflicts through the engine: listed, decided, decided together, undone.
#include "engine/conflict_methods.hpp"

#include "engine/called_engine.hpp"
#include "engine/held_conflicts.hpp"

namespace nexpo {
namespace {

using nlohmann::json;

class ConflictMethods : public testing::Test {
 protected:
  json get(int64_t id) { return engine_.call("conflict.get", {{"id", id}})["conflict"]; }
  json list(const json& how = json::object()) { return engine_.call("conflict.list", how); }
  json decide(int64_t id, json how) {
    const json conflict = get(id);
    json body{{"id", id}, {"sourceHash", conflict["sourceHash"]}, {"targetHash", conflict["targetHash"]}};
    body.update(how);
    return engine_.call("conflict.decide", body)["conflict"];
  }
  Error refusal(int64_t id, json how) {
    json body{{"id", id}, {"sourceHash", "s1"}, {"targetHash", "t1"}};
    body.update(how);
    return engine_.error_of("conflict.decide", body);
  }
  json newest_audit() { return engine_.call("audit.list", {{"limit", 100}})["entries"].back(); }

  CalledEngine engine_;
  HeldConflicts held_{engine_.path("state")};
};

TEST_F(ConflictMethods, AConflictHasAllThatIsNeededToDecideIt) {
  const json conflict = get(held_.hold("crm", "a", {"name", "phone"}));
  EXPECT_EQ(conflict["syncId"], "crm");
  EXPECT_EQ(conflict["sourceKey"], "a");
  EXPECT_EQ(conflict["targetKey"], "target of a");
  EXPECT_EQ(conflict["state"], "open");
  EXPECT_EQ(conflict["fields"], (json{"name", "phone"}));
  EXPECT_EQ(conflict["review"][0],
            (json{{"field", "name"}, {"base", "b"}, {"source", "s"}, {"target", "t"}, {"state", "both_differ"}}));
  EXPECT_EQ(conflict["sourceAt"], "2026-01-01T00:00:00Z");
  EXPECT_EQ(conflict["sourceHash"], "s1");
  EXPECT_FALSE(conflict.contains("decision"));
  EXPECT_FALSE(conflict.contains("outcome"));
  const Error error = engine_.error_of("conflict.get", {{"id", 999}});
  EXPECT_EQ(error.kind(), ErrorKind::invalid);
  EXPECT_EQ(error.code(), "not_found");
}

TEST_F(ConflictMethods, AListIsReadPageByPageAndFiltered) {
  std::vector<int64_t> ids;
  for (const char* key : {"a", "b", "c"}) ids.push_back(held_.hold("crm", key, {"name"}));
  ids.push_back(held_.hold("other", "a", {"phone"}));
  json first = list({{"limit", 3}});
  EXPECT_EQ(first["conflicts"].size(), 3u);
  EXPECT_EQ(first["next"], ids[2]);
  json rest = list({{"after", first["next"]}});
  EXPECT_EQ(rest["conflicts"].size(), 1u);
  EXPECT_FALSE(rest.contains("next"));
  EXPECT_EQ(list({{"syncId", "crm"}, {"key", "b"}})["conflicts"][0]["id"], ids[1]);
  EXPECT_EQ(list({{"field", "phone"}})["conflicts"].size(), 1u);
  EXPECT_EQ(list({{"newest", true}})["conflicts"][0]["id"], ids[3]);
  EXPECT_EQ(engine_.error_of("conflict.list", {{"state", "held"}}).field(), "state");
}

TEST_F(ConflictMethods, ADecisionIsKeptWithWhoMadeIt) {
  const int64_t id = held_.hold("crm", "a", {"name", "phone"});
  const json decided = decide(id, {{"take", "source"}, {"fields", {{"phone", {{"value", "+43"}}}}}, {"actor", "ada"}});
  EXPECT_EQ(decided["state"], "decided");
  EXPECT_EQ(decided["actor"], "ada");
  EXPECT_EQ(decided["decision"], (json{{"take", "source"}, {"fields", {{"phone", {{"value", "+43"}}}}}}));
  const json entry = newest_audit();
  EXPECT_EQ(entry["actor"], "ada");
  EXPECT_EQ(entry["action"], "conflict.decide");
  EXPECT_EQ(entry["subject"], "conflict/" + std::to_string(id));
  EXPECT_EQ(entry["detail"]["fields"], (json{{"phone", "value"}})) << "the log is told no values";
}

TEST_F(ConflictMethods, ADecisionOnWhatHasMovedIsRefused) {
  const int64_t id = held_.hold("crm", "a", {"name"});
  const Error error = refusal(id, {{"take", "source"}, {"sourceHash", "old"}});
  EXPECT_EQ(error.kind(), ErrorKind::conflict);
  EXPECT_EQ(error.code(), "moved");
  EXPECT_EQ(get(id)["state"], "open");
}

TEST_F(ConflictMethods, ADecisionSaysWhatBecomesOfEveryField) {
  const int64_t id = held_.hold("crm", "a", {"name", "phone"});
  EXPECT_EQ(refusal(id, json::object()).field(), "take");
  EXPECT_EQ(refusal(id, {{"take", "both"}}).field(), "take");
  EXPECT_EQ(refusal(id, {{"fields", {{"name", "source"}}}}).field(), "fields.phone");
  EXPECT_EQ(refusal(id, {{"take", "source"}, {"fields", {{"city", "source"}}}}).field(), "fields.city");
  EXPECT_EQ(refusal(id, {{"take", "source"}, {"fields", {{"name", "base"}}}}).field(), "fields.name");
  EXPECT_EQ(refusal(id, {{"take", "source"}, {"fields", {{"name", {{"values", 1}}}}}}).field(), "fields.name");
  const json decided = decide(id, {{"fields", {{"name", "source"}, {"phone", "target"}}}});
  EXPECT_FALSE(decided["decision"].contains("take"));
}

TEST_F(ConflictMethods, AnAtomicGroupGoesOneWay) {
  const int64_t id = held_.hold("crm", "a", {"amount", "currency", "name"}, [](Conflict& conflict) {
    json body = json::parse(conflict.body);
    body["fields"][0]["group"] = body["fields"][1]["group"] = 0;
    conflict.body = body.dump();
  });
  EXPECT_EQ(refusal(id, {{"take", "source"}, {"fields", {{"amount", "target"}}}}).field(), "fields.currency");
  EXPECT_EQ(refusal(id, {{"take", "source"}, {"fields", {{"currency", {{"value", 1}}}}}}).field(), "fields.currency");
  EXPECT_NO_THROW(decide(id, {{"take", "source"}, {"fields", {{"name", "target"}}}}));
  EXPECT_NO_THROW(decide(id, {{"take", "source"}, {"fields", {{"amount", "target"}, {"currency", "target"}}}}));
}

TEST_F(ConflictMethods, ADeletionIsTakenWhole) {
  const int64_t id = held_.hold("crm", "a", {"name"}, [](Conflict& conflict) { conflict.kind = "delete_update"; });
  EXPECT_EQ(refusal(id, {{"fields", {{"name", "source"}}}}).field(), "fields");
  EXPECT_EQ(decide(id, {{"take", "target"}})["decision"], (json{{"take", "target"}}));
}

TEST_F(ConflictMethods, AnErasedKeyTakesASideAndNoValue) {
  const int64_t id = held_.hold("crm", "a", {"name"}, [](Conflict& conflict) { conflict.sealed = "sealed"; });
  EXPECT_EQ(refusal(id, {{"fields", {{"name", {{"value", "Ada Lovelace"}}}}}}).code(), "key_erased");
  EXPECT_EQ(decide(id, {{"fields", {{"name", "source"}}}})["decision"], (json{{"fields", {{"name", "source"}}}}));
}

TEST_F(ConflictMethods, AValueThatWasKeptUnsealedBeforeIsMasked) {
  held_.hold("crm", "a", {"name"}, [](Conflict& conflict) {
    conflict.sealed = "sealed";
    conflict.state = ConflictState::decided;
    conflict.decision = R"({"fields":{"name":{"value":"Ada Lovelace"}}})";
  });
  EXPECT_EQ(list()["conflicts"][0]["decision"]["fields"], (json{{"name", {{"value", "•••"}}}}));
}

TEST_F(ConflictMethods, ManyAreDecidedTogetherWithAnAnswerForEach) {
  const int64_t a = held_.hold("crm", "a", {"name"});
  const int64_t b = held_.hold("crm", "b", {"name"});
  const int64_t c = held_.hold("crm", "c", {"phone"});
  decide(a, {{"take", "target"}});
  const json filter{{"syncId", "crm"}, {"field", "name"}};
  json done = engine_.call("conflict.decide_many", {{"filter", filter}, {"take", "source"}, {"actor", "ada"}});
  EXPECT_EQ(done["results"], (json::array({{{"id", b}, {"syncId", "crm"}, {"decided", true}}})));
  EXPECT_EQ(done["decided"], 1);
  EXPECT_EQ(done["more"], false);
  EXPECT_EQ(get(a)["decision"]["take"], "target") << "what was decided before stays";
  EXPECT_EQ(get(b)["actor"], "ada");
  EXPECT_EQ(get(c)["state"], "open");
  EXPECT_EQ(newest_audit()["action"], "conflict.decide_many");

  for (const char* key : {"d", "e"}) held_.hold("crm", key, {"name"});
  done = engine_.call("conflict.decide_many", {{"filter", filter}, {"take", "source"}, {"limit", 1}});
  EXPECT_EQ(done["decided"], 1);
  EXPECT_EQ(done["more"], true);
  EXPECT_EQ(engine_.error_of("conflict.decide_many", {{"filter", filter}, {"take", "x"}}).field(), "take");
}

TEST_F(ConflictMethods, AnUndoOpensWhatWasNotCarriedOutAndAsksForTheRest) {
  const int64_t id = held_.hold("crm", "a", {"name"});
  EXPECT_EQ(engine_.error_of("conflict.undo", {{"id", id}}).code(), "closed");
  decide(id, {{"take", "source"}});
  const json open = engine_.call("conflict.undo", {{"id", id}, {"actor", "ada"}})["conflict"];
  EXPECT_EQ(open["state"], "open");
  EXPECT_FALSE(open.contains("decision"));

  const int64_t applied = held_.hold("crm", "b", {"name"}, [](Conflict& conflict) {
    conflict.state = ConflictState::closed;
    conflict.outcome = "applied";
    conflict.decision = R"({"take":"source"})";
  });
  const json undo = engine_.call("conflict.undo", {{"id", applied}, {"actor", "ada"}})["conflict"];
  EXPECT_EQ(undo["state"], "decided");
  EXPECT_EQ(undo["decision"], (json{{"undo", true}}));
  EXPECT_EQ(newest_audit()["action"], "conflict.undo");
  EXPECT_EQ(engine_.error_of("conflict.undo", {{"id", applied}}).code(), "closed") << "once";
}

TEST_F(ConflictMethods, WhatWaitsIsCounted) {
  held_.hold("crm", "a", {"name"});
  decide(held_.hold("crm", "b", {"name"}), {{"take", "source"}});
  EXPECT_EQ(engine_.call("conflict.counts", json::object())["counts"],
            (json::array({{{"syncId", "crm"}, {"open", 1}, {"decided", 1}}})));
}

}  // namespace
}  // namespace nexpo

// Decisions as they are kept and read.
#include "sync/conflict/kept_decision.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "sync/conflict/conflict_body.hpp"

namespace nexpo {
namespace {

using nlohmann::json;

TEST(KeptDecision, ValuesAreSealedAndSidesStay) {
  const DataKey key = DataKey::generate("sync/crm");
  const std::string plain = R"({"fields":{"name":{"value":"Ada"},"phone":"source"},"take":"target"})";
  const std::string kept = seal_decision(plain, key);
  EXPECT_EQ(kept.find("Ada"), std::string::npos);
  EXPECT_EQ(key.open(sealed_decision(kept))->reveal(), plain);
  EXPECT_EQ(json::parse(masked_decision(kept)),
            json::parse(R"({"fields":{"name":{"value":"•••"},"phone":"source"},"take":"target"})"));
}

TEST(KeptDecision, WhatGivesNoValueStaysAsItIs) {
  const DataKey key = DataKey::generate("sync/crm");
  for (const char* plain : {R"({"take":"source"})", R"({"fields":{"name":"target"}})", R"({"undo":true})", ""}) {
    EXPECT_FALSE(gives_values(plain)) << plain;
    EXPECT_EQ(seal_decision(plain, key), plain);
    EXPECT_EQ(sealed_decision(plain), "");
  }
}

TEST(ConflictDecision, AValueKeepsItsDigitsUnderAnyName) {
  Arena arena;
  const ConflictDecision decision = ConflictDecision::parse(
      R"({"fields":{"a.b":{"value":12345678901234567890.12},"say \"x\" \\":{"value":null},"c":"target"}})", arena);
  EXPECT_EQ(decision.fields.at("a.b").value, Value::number("12345678901234567890.12"));
  EXPECT_EQ(decision.fields.at(R"(say "x" \)").value, Value::null());
  EXPECT_FALSE(decision.fields.at("c").value);
  EXPECT_EQ(decision.fields.at("c").side, Side::target);
}

TEST(ReadFields, GivesBackWhatAConflictTells) {
  Arena arena;
  const std::vector<KeptField> fields =
      read_fields(R"({"fields":[{"field":"a","base":1.10,"source":null,"state":"source_only","group":2},)"
                  R"({"field":"b","target":[1, 2],"state":"both_differ","took":{"value":1e400}}],"sourceAt":"2026"})",
                  arena);
  ASSERT_EQ(fields.size(), 2u);
  EXPECT_EQ(fields[0].name, "a");
  EXPECT_EQ(fields[0].state, FieldState::source_only);
  EXPECT_EQ(fields[0].base, Value::number("1.10"));
  EXPECT_EQ(fields[0].source, Value::null());
  EXPECT_EQ(fields[0].target, Value());
  EXPECT_EQ(fields[0].group, Value::number("2"));
  EXPECT_EQ(fields[0].given, Value());
  EXPECT_EQ(fields[1].target, Value::json("[1, 2]"));
  EXPECT_EQ(fields[1].given, Value::number("1e400"));
  EXPECT_EQ(fields[1].group, Value());
}

}  // namespace
}  // namespace nexpo

// Personal data: sealed in what is kept, masked in what is told, and gone with its key.
#include "sync/personal_data.hpp"

#include "sync/quiet_world.hpp"

namespace nexpo {
namespace {

constexpr const char* kMarked = R"([
  {"source": "id", "target": "id", "required": true},
  {"source": "name", "target": "name", "onError": "null", "pii": true}])";

MappingPlan compile(const std::string& mappings) {
  return MappingPlan::compile(nlohmann::json::parse(mappings), "fieldMappings");
}

class PersonalDataTest : public QuietWorld {
 protected:
  PersonalDataTest() : QuietWorld(kMarked) { use_key(); }

  void use_key() {
    key_ = std::make_shared<const DataKey>(DataKey::generate("sync/sync"));
    personal_ = std::make_unique<const PersonalData>(mapping_, key_);
  }

  std::shared_ptr<const DataKey> key_;
};

TEST_F(PersonalDataTest, ARejectedRecordIsKeptSealedAndItsReasonIsMasked) {
  put("k1", "bad Ada Lovelace");
  run();
  const RejectedRecord& kept = disk_.rejected.at("k1");
  EXPECT_EQ(kept.original.find("Lovelace"), std::string::npos) << kept.original;
  const KeptOriginal original = KeptOriginal::parse(kept.original);
  EXPECT_EQ(original.plain, R"({"id":"k1","name":"•••"})");
  EXPECT_EQ(kept.reason.message, "simulated: this name is refused: •••");
  EXPECT_EQ(personal_->open(original.sealed)->reveal(), R"({"name":"bad Ada Lovelace"})");
}

TEST_F(PersonalDataTest, AReplayOpensWhatWasSealed) {
  put("k1", "bad name");
  run();
  run({.replay_rejected = true});
  EXPECT_EQ(disk_.rejected.at("k1").reason.code, "BAD_NAME");
  const KeptOriginal again = KeptOriginal::parse(disk_.rejected.at("k1").original);
  EXPECT_EQ(personal_->open(again.sealed)->reveal(), R"({"name":"bad name"})");
  target_.refused_prefix = "nothing is refused any more";
  const RunReport report = run({.replay_rejected = true});
  EXPECT_EQ(report.run.counts.created, 1u);
  EXPECT_EQ(target_.records.at("k1"), "bad name");
}

TEST_F(PersonalDataTest, AfterItsKeyWasErasedARecordSaysSoAndTheRunGoesOn) {
  put("k1", "bad name");
  put("k2", "good name");
  run();
  use_key();
  const RunReport report = run({.replay_rejected = true});
  EXPECT_EQ(report.run.state, RunState::succeeded) << report.run.error;
  EXPECT_EQ(report.run.counts.rejected, 1u);
  EXPECT_EQ(disk_.rejected.at("k1").reason.code, "key_erased");
  EXPECT_EQ(disk_.rejected.at("k1").original, R"({"id":"k1"})");
  EXPECT_FALSE(target_.records.contains("k1"));
  put("k1", "a better name");
  run();
  EXPECT_EQ(target_.records.at("k1"), "a better name");
  EXPECT_TRUE(disk_.rejected.empty());
}

TEST_F(PersonalDataTest, APlanMasksWhatItShows) {
  put("k1", "Ada");
  run();
  put("k1", "Grace");
  const PreviewReport planned = plan_run();
  ASSERT_EQ(planned.differences.size(), 1u);
  EXPECT_EQ(planned.differences[0].fields[0].field, "name");
  EXPECT_EQ(planned.differences[0].fields[0].from, kMasked);
  EXPECT_EQ(planned.differences[0].fields[0].to, kMasked);
}

TEST_F(PersonalDataTest, FingerprintsCannotBeTriedOutWithoutTheKey) {
  put("k1", "+43 1 5550100");
  run();
  const std::vector<Value> guess{Value::text("k1"), Value::text("+43 1 5550100")};
  EXPECT_NE(disk_.links.at("k1").link.fingerprint, fingerprint_of(guess));
  const uint64_t sent = target_.rows_sent;
  EXPECT_EQ(run({.full = true}).run.counts.unchanged, 1u);
  EXPECT_EQ(target_.rows_sent, sent);
  use_key();
  run({.full = true});
  EXPECT_EQ(target_.rows_sent, sent + 1) << "under another key nothing is known, so the record is sent once more";
}

TEST_F(PersonalDataTest, TargetWinsStillTellsItsOwnWritesFromEdits) {
  plan_.strategy = Strategy::target_wins;
  put("k1", "first");
  put("k2", "first");
  run();
  target_.records["k1"] = "edited by a person";
  put("k1", "second");
  put("k2", "second");
  const RunReport report = run();
  EXPECT_EQ(report.run.counts.superseded, 1u);
  EXPECT_EQ(target_.records.at("k1"), "edited by a person");
  EXPECT_EQ(target_.records.at("k2"), "second");
}

TEST_F(PersonalDataTest, APlanIsAppliedUnderTheSameKey) {
  put("k1", "Ada");
  run();
  put("k1", "Grace");
  EffectsInMemory kept;
  const PreviewReport planned = plan_run({}, &kept);
  AppliedPlan applied(planned.mode, planned.from, kept.pages);
  EXPECT_EQ(run({.applied = &applied}).run.counts.updated, 1u);
}

TEST_F(PersonalDataTest, AWholeBatchThatIsRefusedIsMaskedToo) {
  put("k1", "Ada Lovelace");
  target_.batch_fault = "simulated: row (k1, Ada Lovelace) breaks a rule";
  const RunReport report = run();
  EXPECT_EQ(report.run.state, RunState::failed);
  EXPECT_EQ(report.run.error, "simulated: row (k1, •••) breaks a rule");
}

TEST(Masking, HidesAValueHoweverItIsQuoted) {
  const MappingPlan mapping = compile(kMarked);
  const PersonalData personal(mapping, std::make_shared<const DataKey>(DataKey::generate("sync/x")));
  const auto told = [&](const std::string& name, std::string text) {
    const std::vector<Value> row{Value::text("k1"), Value::text(name)};
    return personal.masked(std::move(text), row, {});
  };
  EXPECT_EQ(told("Ada Lovelace", "value \"Ada Lovelace\" of k1 is refused"), "value \"•••\" of k1 is refused");
  EXPECT_EQ(told("Ada Lovelace", "too long: Ada Lovel..."), "too long: •••...");
  EXPECT_EQ(told("Ada", "Ada is not Adam"), "••• is not •••m");
  EXPECT_EQ(told("1", "row 1 of 10: 1"), "row ••• of 10: •••");
  EXPECT_EQ(told("", "nothing to hide"), "nothing to hide");
}

TEST(Masking, AMappingDoesNotQuoteWhatIsMarked) {
  const MappingPlan mapping = compile(R"([
    {"source": "salary", "target": "salary", "pii": true, "onError": "fail_record",
     "transformation": {"type": "format", "params": {"steps": [{"case": "upper"}, {"number": true}]}}}])");
  auto arena = std::make_shared<Arena>();
  RecordBatch batch(std::make_shared<std::vector<std::string>>(mapping.source_paths()), arena);
  batch.add({})[0] = Value::text("a lot");
  const MappedBatch mapped = mapping.apply(batch);
  ASSERT_EQ(mapped.rejections.size(), 1u);
  EXPECT_EQ(mapped.rejections[0].message, "salary (personal data) is not a number");
}

TEST(Masking, WhatAMarkedFieldReadsIsPersonalForAllFields) {
  const MappingPlan mapping = compile(R"([
    {"source": "id", "target": "id"},
    {"source": "first", "target": "name", "pii": true,
     "transformation": {"type": "format", "params": {"template": "{} {last}"}}},
    {"source": "last", "target": "family"},
    {"source": "id", "target": "label",
     "transformation": {"type": "format", "params": {"template": "{} {last}"}}}])");
  EXPECT_EQ(mapping.personal_fields(), (std::vector<bool>{false, true, true, true}));
  EXPECT_EQ(mapping.personal_slots(), (std::vector<bool>{false, true, true}));
  EXPECT_TRUE(mapping.has_personal_data());
  EXPECT_FALSE(compile(R"([{"source": "id", "target": "id", "pii": false}])").has_personal_data());
}

TEST(KeptOriginals, ComeApartAsTheyWerePut) {
  const std::string plain = R"({"a":",\"d1.x\"]","b":[1,2]})";
  EXPECT_EQ(KeptOriginal::parse(plain).plain, plain);
  EXPECT_TRUE(KeptOriginal::parse(plain).sealed.empty());
  const std::string both = KeptOriginal{plain, "d1.abc-_"}.text();
  EXPECT_EQ(KeptOriginal::parse(both).plain, plain);
  EXPECT_EQ(KeptOriginal::parse(both).sealed, "d1.abc-_");
}

}  // namespace
}  // namespace nexpo

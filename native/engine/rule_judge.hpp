// RuleJudge: what rules make of conflicts that a sync holds.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "engine/unmasked_conflicts.hpp"
#include "sync/conflict/conflict_body.hpp"
#include "sync/conflict/reconcile.hpp"

namespace nexpo {

/// The rules of a call, {strategy? ("merge"), rules?, groups?, fallback?, deleteUpdate?, skewSeconds?, priority?}, as a
/// sync file has them in `conflicts`.
struct AskedRules {
  Strategy strategy = Strategy::merge;
  nlohmann::json policy;

  static AskedRules parse(const nlohmann::json& body);
  /// All fields that the rules or the conflicts name.
  Shape shape(std::initializer_list<const std::vector<UnmaskedConflict>*> lists) const;
};

/// Puts one conflict after the other before the rules.
class RuleJudge {
 public:
  /// Throws Error{invalid} with every fault of the rules, in words of `conflicts.rules.name.side`.
  RuleJudge(const AskedRules& asked, Shape shape);

  /// True: the rules settle all of it, each atomic group from one side. The rest tells of the conflict judged last.
  bool settles(const UnmaskedConflict& one);
  /// Why not, in words.
  const std::string& reason() const { return reason_; }

  /// Slots of the conflict's fields; empty where no rule of a field was asked.
  const std::vector<size_t>& judged() const { return judged_; }
  const std::string& field(size_t slot) const { return (*shape_)[slot]; }
  bool holds(size_t slot) const { return verdicts_[slot].take == Take::hold; }

  /// Of a conflict that is settled, as Conflict::decision, unmasked.
  std::string decision() const;
  /// True: `decision` says of every field what the rules say. A value that a person gave is that of a rule if both
  /// mean the same, and never a side.
  bool same_as(const std::string& decision) const;
  /// {id, key, kind, take?, fields: [{field, took: "source", "target", {value} or null, rule}]}; personal data masked.
  nlohmann::json told() const;

 private:
  void read(const UnmaskedConflict& one);
  bool settles_fields(const UnmaskedConflict& one);
  bool settles_whole(const UnmaskedConflict& one);
  bool left(std::string reason);

  Shape shape_;
  ReconcileRules rules_;
  const UnmaskedConflict* one_ = nullptr;
  std::unique_ptr<Arena> memory_;  ///< of one conflict
  std::vector<KeptField> fields_;
  std::vector<Value> base_, source_, target_, source_shadow_, target_shadow_;
  std::vector<uint8_t> known_;
  std::vector<FieldVerdict> verdicts_;
  std::vector<size_t> judged_;
  std::optional<Side> whole_;  ///< the side whose record holds, of a deletion
  std::string reason_;
};

}  // namespace nexpo

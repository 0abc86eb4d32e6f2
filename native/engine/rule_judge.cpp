#include "engine/rule_judge.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "engine/call_body.hpp"
#include "engine/exact_json.hpp"
#include "record/json.hpp"
#include "sync/conflict/stamp_time.hpp"
#include "sync/kept_original.hpp"
#include "sync/same_value.hpp"

namespace nexpo {

using nlohmann::json;

namespace {

/// A value that is not `now`: the shadow of a side that has changed.
Value other_than(Value now) { return now.is(ValueKind::unset) ? Value::null() : Value(); }

std::string text_of(Value value) {
  std::string text;
  append_json(text, value);
  return text;
}

std::string names_of(const json& names) {
  std::string text;
  for (const json& name : names) text += (text.empty() ? "" : ", ") + name.get<std::string>();
  return text;
}

}  // namespace

AskedRules AskedRules::parse(const json& body) {
  AskedRules asked;
  asked.strategy = parse_strategy(CallBody(body).optional_text("strategy").value_or("merge"), "strategy");
  asked.policy = json::object();
  for (const char* member : {"rules", "groups", "fallback", "deleteUpdate", "skewSeconds", "priority"})
    if (body.contains(member)) asked.policy[member] = body[member];
  return asked;
}

Shape AskedRules::shape(std::initializer_list<const std::vector<UnmaskedConflict>*> lists) const {
  std::vector<std::string> names;
  const auto add = [&](const json& given) {
    const std::string name = given.is_string() ? given.get<std::string>() : "";
    if (!name.empty() && std::ranges::find(names, name) == names.end()) names.push_back(name);
  };
  for (const std::vector<UnmaskedConflict>* list : lists)
    for (const UnmaskedConflict& one : *list)
      for (const json& name : json::parse(one.conflict.fields, nullptr, false)) add(name);
  const json rules = policy.value("rules", json::object());
  if (rules.is_object())
    for (const auto& [name, rule] : rules.items()) add(name);
  for (const json& group : policy.value("groups", json::array()))
    for (const json& name : group) add(name);
  return std::make_shared<const std::vector<std::string>>(std::move(names));
}

RuleJudge::RuleJudge(const AskedRules& asked, Shape shape)
    : shape_(std::move(shape)),
      rules_(ReconcileRules::parse(asked.policy, asked.strategy, shape_, "conflicts")),
      verdicts_(shape_->size()) {}

bool RuleJudge::left(std::string reason) {
  reason_ = std::move(reason);
  return false;
}

bool RuleJudge::settles(const UnmaskedConflict& one) {
  one_ = &one;
  judged_.clear();
  fields_.clear();
  whole_.reset();
  reason_.clear();
  memory_ = std::make_unique<Arena>();
  if (one.erased) return left("the key of its personal data was erased");
  const std::string& kind = one.conflict.kind;
  if (kind == "delete_update" || kind == "undeleted") return settles_whole(one);
  if (kind == "both_differ" || kind == "create_create") return settles_fields(one);
  return left(fmt::format("no rule settles a conflict of the kind {}", kind));
}

/// A record that one side deleted. That side's values are not there.
bool RuleJudge::settles_whole(const UnmaskedConflict& one) {
  const bool update = rules_.delete_update == DeleteUpdate::update_wins;
  const bool removal = rules_.delete_update == DeleteUpdate::delete_wins && one.conflict.kind == "delete_update";
  if (!update && !removal) return left("deleteUpdate leaves it to a person");
  const std::vector<KeptField> fields = read_fields(one.body, *memory_);
  const bool source = std::ranges::any_of(fields, [](const KeptField& f) { return !f.source.is(ValueKind::unset); });
  const bool target = std::ranges::any_of(fields, [](const KeptField& f) { return !f.target.is(ValueKind::unset); });
  if (source == target) return left("its values do not tell which side deleted it");
  whole_ = source == update ? Side::source : Side::target;
  return true;
}

void RuleJudge::read(const UnmaskedConflict& one) {
  fields_ = read_fields(one.body, *memory_);
  base_.assign(shape_->size(), {});
  source_ = target_ = source_shadow_ = target_shadow_ = base_;
  known_.assign(shape_->size(), 1);
  for (const KeptField& field : fields_) {
    const auto slot = static_cast<size_t>(std::ranges::find(*shape_, field.name) - shape_->begin());
    base_[slot] = field.base;
    source_[slot] = source_shadow_[slot] = field.source;
    target_[slot] = target_shadow_[slot] = field.target;
    // What each side returned at the last agreement is not told, but who has changed since is.
    if (field.state != FieldState::target_only) source_shadow_[slot] = other_than(field.source);
    if (field.state != FieldState::source_only) target_shadow_[slot] = other_than(field.target);
    if (one.conflict.kind == "create_create") known_[slot] = 0;
    judged_.push_back(slot);
  }
}

bool RuleJudge::settles_fields(const UnmaskedConflict& one) {
  read(one);
  if (judged_.empty()) return left("it names no field");
  const json body = json::parse(one.body, nullptr, false);
  const auto stamp = [&](const char* member) { return stamp_time(body.value(member, "")); };
  const PairCells cells{base_,   source_shadow_, target_shadow_,    known_,
                        source_, target_,        stamp("sourceAt"), stamp("targetAt")};
  MergeScratch scratch{*memory_};
  reconcile(rules_, cells, scratch, verdicts_);

  json open = json::array();
  std::map<std::string_view, size_t> groups;  // by number: its first slot
  for (size_t i = 0; i < judged_.size(); ++i) {
    const Take take = verdicts_[judged_[i]].take;
    if (take != Take::source && take != Take::target && take != Take::merged) open.push_back(fields_[i].name);
    if (fields_[i].group.is(ValueKind::unset)) continue;
    const size_t first = groups.try_emplace(fields_[i].group.view(), judged_[i]).first->second;
    if (take == Take::merged || take != verdicts_[first].take)
      left(fmt::format("{} and {} are decided as one, and the rules do not take them from one side", field(first),
                       fields_[i].name));
  }
  if (!open.empty()) return left("the rules do not settle " + names_of(open));
  return reason_.empty();
}

std::string RuleJudge::decision() const {
  if (whole_) return json{{"take", name_of(*whole_)}}.dump();
  std::string text = R"({"fields":{)";
  for (const size_t slot : judged_) {
    if (slot != judged_.front()) text += ',';
    append_json_string(text, field(slot));
    const FieldVerdict& verdict = verdicts_[slot];
    if (verdict.take == Take::merged)
      text += fmt::format(R"(:{{"value":{}}})", text_of(verdict.value));
    else
      text += verdict.take == Take::source ? R"(:"source")" : R"(:"target")";
  }
  return text + "}}";
}

bool RuleJudge::same_as(const std::string& decision) const {
  if (decision.empty()) return false;
  const ConflictDecision decided = ConflictDecision::parse(decision, *memory_);
  if (whole_) return decided.take == whole_;
  return std::ranges::all_of(judged_, [&](size_t slot) {
    const std::optional<FieldChoice> choice = decided.of(field(slot));
    const FieldVerdict& verdict = verdicts_[slot];
    if (!choice) return false;
    if (verdict.take == Take::merged) return choice->value && same_value(*choice->value, verdict.value);
    return !choice->value && verdict.take == (choice->side == Side::source ? Take::source : Take::target);
  });
}

json RuleJudge::told() const {
  const Conflict& conflict = one_->conflict;
  json told{{"id", conflict.id}, {"key", conflict.key}, {"kind", conflict.kind}, {"fields", json::array()}};
  if (whole_) told["take"] = name_of(*whole_);
  for (const size_t slot : judged_) {
    const FieldVerdict& verdict = verdicts_[slot];
    json took;
    if (verdict.take == Take::source || verdict.take == Take::target)
      took = verdict.take == Take::source ? "source" : "target";
    else if (verdict.take == Take::merged)
      took["value"] = conflict.sealed.empty() ? exact_json(verdict.value) : json(kMasked);
    told["fields"].push_back({{"field", field(slot)}, {"took", std::move(took)}, {"rule", name_of(verdict.settled)}});
  }
  return told;
}

}  // namespace nexpo

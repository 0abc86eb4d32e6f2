#include "engine/conflict_preview.hpp"

#include <algorithm>
#include <map>

#include "engine/call_body.hpp"
#include "engine/report_json.hpp"
#include "record/json.hpp"
#include "sync/conflict/reconcile.hpp"
#include "sync/conflict/stamp_time.hpp"
#include "sync/kept_original.hpp"
#include "transformer/function.hpp"

namespace nexpo {

using nlohmann::json;

namespace {

constexpr int kPageConflicts = 1'000;

/// A conflict with its values unmasked.
struct Item {
  Conflict conflict;
  json body;
  bool erased = false;  ///< its personal values cannot be read any more
};

struct Items {
  std::vector<Item> items;
  bool more = false;  ///< there are further ones
};

Task<Items> read_items(Runtime& runtime, ConflictFilter filter, bool newest, size_t max) {
  std::string key_name = "sync/" + filter.sync_id;
  const DataKeys::Key key = co_await runtime.data_keys->find(std::move(key_name));
  Items out;
  filter.limit = kPageConflicts;
  for (bool last = false; !last && !out.more;) {
    std::vector<Conflict> page = co_await runtime.store->conflicts(filter, newest);
    last = page.size() < static_cast<size_t>(kPageConflicts);
    for (Conflict& one : page) {
      out.more = out.items.size() == max;
      if (out.more) break;
      Item& item = out.items.emplace_back();
      filter.after = one.id;
      const std::optional<Secret> opened = key && !one.sealed.empty() ? key->open(one.sealed) : std::nullopt;
      item.erased = !one.sealed.empty() && !opened;
      item.body = json::parse(opened ? opened->reveal() : std::string_view(one.body), nullptr, false);
      item.conflict = std::move(one);
    }
  }
  co_return out;
}

json fields_of(const Item& item) {
  return item.body.is_object() ? item.body.value("fields", json::array()) : json::array();
}

/// All fields that the rules or the conflicts name.
Shape shape_of(const json& policy, std::initializer_list<const std::vector<Item>*> lists) {
  std::vector<std::string> names;
  const auto add = [&](const std::string& name) {
    if (std::ranges::find(names, name) == names.end()) names.push_back(name);
  };
  for (const std::vector<Item>* items : lists)
    for (const Item& item : *items)
      for (const json& one : fields_of(item)) add(one.value("field", ""));
  const json rules = policy.value("rules", json::object());
  if (rules.is_object())
    for (const auto& [name, rule] : rules.items()) add(name);
  const json groups = policy.value("groups", json::array());
  for (const json& group : groups)
    for (const json& name : group)
      if (name.is_string()) add(name.get<std::string>());
  return std::make_shared<std::vector<std::string>>(std::move(names));
}

/// Puts one conflict after the other before the rules.
class Judge {
 public:
  Judge(const ReconcileRules& rules, const Shape& shape) : rules_(rules), shape_(shape), verdicts_(shape->size()) {}

  /// True: the rules settle all of it. verdict() tells how.
  bool settles(const Item& item) {
    memory_ = std::make_unique<Arena>();
    judged_.clear();
    if (item.erased) return false;
    if (item.conflict.kind == "delete_update") return rules_.delete_update != DeleteUpdate::review;
    if (item.conflict.kind != "both_differ" && item.conflict.kind != "create_create") return false;
    read(item);
    const auto stamp = [&](const char* member) { return stamp_time(item.body.value(member, "")); };
    const PairCells cells{base_, base_, base_, known_, source_, target_, stamp("sourceAt"), stamp("targetAt")};
    MergeScratch scratch{*memory_};
    reconcile(rules_, cells, scratch, verdicts_);
    return std::ranges::none_of(judged_, [&](size_t slot) { return verdicts_[slot].take == Take::hold; });
  }

  /// Slots of the conflict's fields; empty where no rule of a field was asked.
  const std::vector<size_t>& judged() const { return judged_; }
  const FieldVerdict& verdict(size_t slot) const { return verdicts_[slot]; }

  json took(size_t slot, bool masked) const {
    switch (verdicts_[slot].take) {
      case Take::source: return "source";
      case Take::target: return "target";
      case Take::merged: break;
      case Take::nothing:
      case Take::agree:
      case Take::hold: return nullptr;
    }
    if (masked) return {{"value", kMasked}};
    std::string text;
    append_json(text, verdicts_[slot].value);
    return {{"value", json::parse(text, nullptr, false)}};
  }

 private:
  void read(const Item& item) {
    base_.assign(shape_->size(), {});
    source_ = target_ = base_;
    known_.assign(shape_->size(), 1);
    for (const json& one : fields_of(item)) {
      const auto slot = static_cast<size_t>(std::ranges::find(*shape_, one.value("field", "")) - shape_->begin());
      const auto cell = [&](const char* member) {
        return one.contains(member) ? value_of(one[member], *memory_) : Value();
      };
      base_[slot] = cell("base");
      source_[slot] = cell("source");
      target_[slot] = cell("target");
      known_[slot] = item.conflict.kind == "create_create" ? 0 : 1;
      judged_.push_back(slot);
    }
  }

  const ReconcileRules& rules_;
  const Shape& shape_;
  std::unique_ptr<Arena> memory_;  ///< of one conflict
  std::vector<Value> base_, source_, target_;
  std::vector<uint8_t> known_;
  std::vector<FieldVerdict> verdicts_;
  std::vector<size_t> judged_;
};

struct FieldCount {
  int64_t settled = 0, left = 0;
};

json sample_of(const Item& item, const Judge& judge, const Shape& shape) {
  json fields = json::array();
  for (const size_t slot : judge.judged())
    fields.push_back({{"field", (*shape)[slot]},
                      {"took", judge.took(slot, !item.conflict.sealed.empty())},
                      {"rule", name_of(judge.verdict(slot).settled)}});
  return {{"id", item.conflict.id},
          {"key", item.conflict.key},
          {"kind", item.conflict.kind},
          {"fields", std::move(fields)}};
}

json preview_open(const std::vector<Item>& items, Judge& judge, const Shape& shape, json& answer) {
  std::map<size_t, FieldCount> counts;
  json samples = json::array();
  int64_t settled = 0;
  for (const Item& item : items) {
    settled += judge.settles(item);
    for (const size_t slot : judge.judged())
      ++(judge.verdict(slot).take == Take::hold ? counts[slot].left : counts[slot].settled);
    if (samples.size() < kPreviewSamplesMax) samples.push_back(sample_of(item, judge, shape));
  }
  json fields = json::array();
  for (const auto& [slot, count] : counts)
    fields.push_back({{"field", (*shape)[slot]}, {"settled", count.settled}, {"left", count.left}});
  answer["fields"] = std::move(fields);
  answer["samples"] = std::move(samples);
  const auto looked = static_cast<int64_t>(items.size());
  return {{"looked", looked}, {"settled", settled}, {"left", looked - settled}};
}

/// The same side, field by field; a value that a person gave is the same as none of the rules.
bool same_as_decided(const Item& item, const Judge& judge, const Shape& shape) {
  const json decision = json::parse(item.conflict.decision, nullptr, false);
  if (!decision.is_object()) return false;
  const json fields = decision.value("fields", json::object());
  return std::ranges::all_of(judge.judged(), [&](size_t slot) {
    return judge.took(slot, false) == fields.value((*shape)[slot], decision.value("take", json()));
  });
}

json preview_decided(const std::vector<Item>& items, Judge& judge, const Shape& shape) {
  int64_t same = 0, left = 0;
  for (const Item& item : items) {
    if (!judge.settles(item))
      ++left;
    else if (same_as_decided(item, judge, shape))
      ++same;
  }
  const auto looked = static_cast<int64_t>(items.size());
  return {{"looked", looked}, {"same", same}, {"other", looked - same - left}, {"left", left}};
}

}  // namespace

Task<json> preview_conflicts(Runtime& runtime, json body) {
  const CallBody call(body);
  ConflictFilter filter;
  filter.sync_id = call.text("syncId");
  const Strategy strategy = parse_strategy(call.optional_text("strategy").value_or("merge"), "strategy");
  json policy = json::object();
  for (const char* member : {"rules", "groups", "fallback", "deleteUpdate", "skewSeconds", "priority"})
    if (body.contains(member)) policy[member] = body[member];

  ConflictFilter applied = filter;
  filter.state = ConflictState::open;
  applied.state = ConflictState::closed;
  applied.outcome = "applied";
  const Items open = co_await read_items(runtime, std::move(filter), false, kPreviewOpenMax);
  const Items decided = co_await read_items(runtime, std::move(applied), true, kPreviewDecidedMax);
  const Shape shape = shape_of(policy, {&open.items, &decided.items});
  const ReconcileRules rules = ReconcileRules::parse(policy, strategy, shape, "conflicts");
  Judge judge(rules, shape);
  json answer{{"more", open.more}};
  answer["open"] = preview_open(open.items, judge, shape, answer);
  answer["decided"] = preview_decided(decided.items, judge, shape);
  co_return answer;
}

}  // namespace nexpo

#include "engine/resolve_records.hpp"

#include <fmt/format.h>

#include <unordered_set>

#include "engine/call_body.hpp"
#include "record/json.hpp"
#include "sync/conflict/reconcile.hpp"
#include "sync/conflict/stamp_time.hpp"
#include "transformer/function.hpp"

namespace nexpo {
namespace {

using nlohmann::json;

/// All names of fields, in the order in which they are met; then those that only the rules name.
Shape fields_of(const json& records, const json& body) {
  std::vector<std::string> names;
  std::unordered_set<std::string> known;
  const auto add = [&](const std::string& name) {
    if (known.insert(name).second) names.push_back(name);
  };
  for (const json& record : records)
    for (const char* side : {"source", "target", "base"}) {
      const auto found = record.find(side);
      if (found == record.end() || !found->is_object()) continue;
      for (const auto& [name, value] : found->items()) add(name);
    }
  if (const json rules = body.value("rules", json::object()); rules.is_object())
    for (const auto& [name, rule] : rules.items()) add(name);
  if (const json groups = body.value("groups", json::array()); groups.is_array())
    for (const json& group : groups)
      for (const json& name : group)
        if (name.is_string()) add(name.get<std::string>());
  if (names.size() > kResolveFieldsMax)
    throw Error(ErrorKind::invalid,
                fmt::format("records: they have {} fields, the limit is {}", names.size(), kResolveFieldsMax));
  return std::make_shared<const std::vector<std::string>>(std::move(names));
}

ReconcileRules rules_of(const json& body, const Shape& fields) {
  json policy = json::object();
  for (const char* key : {"rules", "groups", "fallback", "skewSeconds", "priority"})
    if (body.contains(key)) policy[key] = body[key];
  return ReconcileRules::parse(policy, parse_strategy(CallBody(body).text("strategy"), "strategy"), fields,
                               "conflicts");
}

json read_records(const std::string& text) {
  json records = json::parse(text, nullptr, false);
  if (!records.is_array() || records.size() > kResolveRecordsMax)
    throw Error(ErrorKind::invalid, fmt::format("records: must be a list of at most {} records", kResolveRecordsMax))
        .with_field("records");
  for (size_t i = 0; i < records.size(); ++i) {
    const json& one = records[i];
    const auto is_side = [&](const char* name) {
      return one.contains(name) && (one[name].is_object() || one[name].is_null());
    };
    if (!one.is_object() || !is_side("source") || !is_side("target") ||
        (one["source"].is_null() && one["target"].is_null()))
      throw Error(
          ErrorKind::invalid,
          fmt::format("records[{}]: must be {{base?, source, target}}, of which source or target is an object", i))
          .with_field("records");
  }
  return records;
}

json json_of(Value value) {
  std::string text;
  append_json(text, value);
  return json::parse(text, nullptr, false);
}

/// Resolves one record after the other with the same memory.
class Resolver {
 public:
  Resolver(const json& body, Shape fields)
      : fields_(std::move(fields)), rules_(rules_of(body, fields_)), verdicts_(fields_->size()) {}

  json resolve(const json& one) {
    Arena arena;
    MergeScratch scratch{arena};
    read(one.value("base", json()), base_, arena);
    read(one["source"], source_, arena);
    read(one["target"], target_, arena);
    known_.assign(fields_->size(), one.contains("base") && one["base"].is_object() ? 1 : 0);
    out_ = {{"record", json::object()}, {"review", json::array()}, {"trace", json::array()}};
    if (one["source"].is_null() || one["target"].is_null()) {
      take_whole(one["source"].is_null() ? target_ : source_);
      return std::move(out_);
    }
    const PairCells cells{base_,
                          base_,
                          base_,
                          known_,
                          source_,
                          target_,
                          stamp_time(one.value("sourceAt", "")),
                          stamp_time(one.value("targetAt", ""))};
    reconcile(rules_, cells, scratch, verdicts_);
    for (size_t slot = 0; slot < verdicts_.size(); ++slot) give(slot);
    return std::move(out_);
  }

 private:
  void read(const json& record, std::vector<Value>& cells, Arena& arena) const {
    cells.assign(fields_->size(), {});
    if (!record.is_object()) return;
    for (size_t slot = 0; slot < cells.size(); ++slot)
      if (const auto found = record.find((*fields_)[slot]); found != record.end())
        cells[slot] = value_of(*found, arena);
  }

  void take_whole(const std::vector<Value>& cells) {
    for (size_t slot = 0; slot < cells.size(); ++slot)
      if (!cells[slot].is(ValueKind::unset)) out_["record"][(*fields_)[slot]] = json_of(cells[slot]);
  }

  void give(size_t slot) {
    const FieldVerdict& verdict = verdicts_[slot];
    const std::string& name = (*fields_)[slot];
    if (verdict.take == Take::hold) {
      json held{{"field", name}, {"state", name_of(verdict.state)}};
      const auto add = [&](const char* member, Value value) {
        if (!value.is(ValueKind::unset)) held[member] = json_of(value);
      };
      add("base", base_[slot]);
      add("source", source_[slot]);
      add("target", target_[slot]);
      out_["review"].push_back(std::move(held));
      return;
    }
    const Value value = verdict.take == Take::target   ? target_[slot]
                        : verdict.take == Take::merged ? verdict.value
                                                       : source_[slot];
    if (!value.is(ValueKind::unset)) out_["record"][name] = json_of(value);
    if (verdict.state == FieldState::same || verdict.take == Take::agree) return;
    out_["trace"].push_back(
        {{"field", name},
         {"state", name_of(verdict.state)},
         {"took", verdict.take == Take::target   ? "target"
                  : verdict.take == Take::merged ? "merged"
                                                 : "source"},
         {"rule", verdict.settled == Settled::rule ? name_of(rules_.fields[slot].merge) : name_of(verdict.settled)}});
  }

  Shape fields_;
  ReconcileRules rules_;
  std::vector<Value> base_, source_, target_;
  std::vector<uint8_t> known_;
  std::vector<FieldVerdict> verdicts_;
  json out_;
};

}  // namespace

Task<json> resolve_records(Runtime& runtime, json body) {
  const std::string text = CallBody(body).text("records");
  auto work = [&] {
    const json records = read_records(text);
    Resolver resolver(body, fields_of(records, body));
    json results = json::array();
    for (const json& one : records) results.push_back(resolver.resolve(one));
    return json{{"results", std::move(results)}};
  };
  co_return co_await runtime.workers.run(std::move(work));
}

}  // namespace nexpo

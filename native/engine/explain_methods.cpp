#include "engine/explain_methods.hpp"

#include <fmt/format.h>

#include "engine/call_body.hpp"
#include "engine/conflict_json.hpp"
#include "engine/integration.hpp"
#include "engine/report_json.hpp"
#include "engine/sync_session.hpp"
#include "record/json.hpp"
#include "sync/conflict/reconcile.hpp"
#include "sync/kept_original.hpp"
#include "sync/two_way/pair_page.hpp"
#include "transformer/trace.hpp"

namespace nexpo {

using nlohmann::json;

namespace {

/// What the state knows of the record.
struct KnownRecord {
  std::string source_key, target_key;
  std::optional<Link> link;
  std::optional<Pair> pair;
  std::vector<Conflict> conflicts;
  std::optional<RejectedRecord> rejected;
};

/// A value as JSON; numbers keep every digit.
json json_of(Value value) {
  std::string text;
  append_json(text, value);
  json parsed = json::parse(text, nullptr, false);
  return parsed.is_number() && parsed.dump() != text ? json(text) : parsed;
}

void put(json& out, const char* name, Value value, bool personal) {
  if (value.is(ValueKind::unset)) return;
  out[name] = personal && value.present() ? json(kMasked) : json_of(value);
}

Side side_of(const CallBody& call) {
  const std::string side = call.optional_text("side").value_or("source");
  if (side == "source") return Side::source;
  if (side == "target") return Side::target;
  throw Error(ErrorKind::invalid, R"(side: must be "source" or "target")").with_field("side");
}

/// The rejected record of that key, if there is one.
Task<std::optional<RejectedRecord>> find_rejected(StateStore& store, std::string sync_id, Side side, std::string key) {
  constexpr int kPage = 1'000;
  for (int64_t after = 0;;) {
    std::vector<RejectedRecord> page = co_await store.rejected(sync_id, side, false, after, kPage);
    for (RejectedRecord& one : page)
      if (one.source_key == key) co_return std::move(one);
    if (page.size() < static_cast<size_t>(kPage)) co_return std::nullopt;
    after = page.back().id;
  }
}

Task<KnownRecord> look_up(StateStore& store, std::string sync_id, Side side, std::string key) {
  KnownRecord known;
  (side == Side::source ? known.source_key : known.target_key) = key;
  std::vector<std::string_view> keys{key};
  const auto pairs = co_await store.pairs(sync_id, side == Side::source ? PairBy::source : PairBy::target, keys);
  known.pair = pairs[0];
  if (known.pair) {
    known.source_key = known.pair->source_key;
    known.target_key = known.pair->target_key;
    ConflictFilter of_pair;
    of_pair.pair = known.pair->id;
    of_pair.limit = kExplainedConflictsMax;
    known.conflicts = co_await store.conflicts(std::move(of_pair), true);
  } else if (side == Side::source) {
    const auto links = co_await store.links(sync_id, keys);
    known.link = links[0];
    if (known.link) known.target_key = known.link->target_key.empty() ? key : known.link->target_key;
  }
  known.rejected = co_await find_rejected(store, sync_id, side, key);
  co_return known;
}

/// The record of that key, in a batch of one row or of none.
Task<RecordBatch> fetch_one(Source& source, FetchPlan plan, std::string key) {
  if (key.empty()) co_return RecordBatch(std::make_shared<Shape::element_type>(plan.paths), std::make_shared<Arena>());
  std::vector<std::string> keys{std::move(key)};
  co_return co_await source.fetch(std::move(plan), std::move(keys));
}

json side_json(const RecordBatch& batch, const std::vector<bool>& personal) {
  if (batch.empty()) return nullptr;
  json values = json::object();
  for (size_t slot = 0; slot < batch.shape()->size(); ++slot)
    put(values, (*batch.shape())[slot].c_str(), batch.row(0)[slot], personal[slot]);
  const RowHead& head = batch.head(0);
  json out{{"key", head.key}, {"version", head.version}, {"values", std::move(values)}};
  if (!head.editor.empty()) out["changedBy"] = {{"user", head.editor}, {"self", head.by_us}};
  return out;
}

json pair_json(const KnownRecord& known) {
  if (!known.pair) return nullptr;
  json doubts = json::array();
  for (const Side side : {Side::source, Side::target})
    if (known.pair->in_doubt(side)) doubts.push_back(name_of(side));
  return {{"key", known.pair->key},   {"sourceKey", known.source_key}, {"targetKey", known.target_key},
          {"held", known.pair->held}, {"deleted", known.pair->buried}, {"inDoubt", std::move(doubts)}};
}

json link_json(const KnownRecord& known) {
  if (!known.link) return nullptr;
  return {{"targetKey", known.target_key}, {"inDoubt", !known.link->pending.empty()}};
}

json steps_json(const FieldTrace& trace) {
  json steps = json::array();
  for (const StepTrace& one : trace.steps) {
    json step{{"step", one.step}};
    if (one.value) put(step, "value", *one.value, trace.personal);
    if (!one.fault.empty()) step["fault"] = one.fault;
    steps.push_back(std::move(step));
  }
  return steps;
}

/// The newest conflict about the field that somebody or something settled, or null.
json decided_by(const std::vector<Conflict>& newest_first, std::string_view field) {
  for (const Conflict& conflict : newest_first) {
    if (conflict.state != ConflictState::closed || conflict.outcome == "gone") continue;
    const json whole = to_json(conflict);
    for (const json& one : whole["review"]) {
      if (one.value("field", "") != field) continue;
      json by{{"conflict", conflict.id}, {"outcome", conflict.outcome}, {"at", whole["changedAt"]}};
      for (const char* member : {"rule", "took"})
        if (one.contains(member)) by[member] = one[member];
      if (whole.contains("actor")) by["actor"] = whole["actor"];
      return by;
    }
  }
  return nullptr;
}

/// Both sides of the fields, what they last agreed on, and how they stand to it.
class FieldStory {
 public:
  FieldStory(const MappingPlan& mapping, const PersonalData* personal, const KnownRecord& known)
      : mapping_(mapping), known_(known), fields_(mapping.target_fields()) {
    open_state(known.pair ? known.pair->state : std::string_view(), fields_, personal, packed_, state_);
  }

  json tell(const RecordBatch& source, const RecordBatch& target) {
    const size_t count = mapping_.target_fields()->size();
    std::vector<FieldTrace> traces;
    if (!source.empty()) traces = trace_row(mapping_, source.row(0), memory_);
    std::vector<Value> mapped(count), present(count);
    for (size_t slot = 0; slot < traces.size(); ++slot) mapped[slot] = traces[slot].result.value_or(Value());
    if (!target.empty()) std::copy(target.row(0).begin(), target.row(0).end(), present.begin());
    const std::vector<FieldVerdict> verdicts = states_of(mapped, present);

    json told = json::array();
    for (size_t slot = 0; slot < count; ++slot) {
      const bool personal = mapping_.personal_fields()[slot];
      json one{{"target", (*mapping_.target_fields())[slot]}};
      if (slot < traces.size()) {
        one["source"] = traces[slot].source;
        put(one, "from", traces[slot].from, personal);
        one["steps"] = steps_json(traces[slot]);
      }
      put(one, "mapped", mapped[slot], personal);
      put(one, "inTarget", present[slot], personal);
      if (known_.pair) add_agreement(one, slot, personal, verdicts[slot]);
      told.push_back(std::move(one));
    }
    return told;
  }

 private:
  void add_agreement(json& one, size_t slot, bool personal, const FieldVerdict& verdict) const {
    if (state_.known[slot] != 0) {
      put(one, "base", state_.base[slot], personal);
      put(one, "sourceShadow", state_.source_shadow[slot], personal);
      put(one, "targetShadow", state_.target_shadow[slot], personal);
    }
    one["state"] = name_of(verdict.state);
    json by = decided_by(known_.conflicts, (*mapping_.target_fields())[slot]);
    if (!by.is_null()) one["decidedBy"] = std::move(by);
  }

  /// Only the states count, and those hang on no rule.
  std::vector<FieldVerdict> states_of(std::span<const Value> source, std::span<const Value> target) {
    std::vector<FieldVerdict> verdicts(source.size());
    ReconcileRules rules;
    rules.strategy = Strategy::manual;
    rules.fields.resize(source.size());
    rules.group.assign(source.size(), ReconcileRules::kNoGroup);
    rules.flows_back.assign(source.size(), true);
    MergeScratch scratch{memory_};
    const PairCells cells{state_.base, state_.source_shadow, state_.target_shadow, state_.known, source, target, {},
                          {}};
    reconcile(rules, cells, scratch, verdicts);
    return verdicts;
  }

  const MappingPlan& mapping_;
  const KnownRecord& known_;
  PairState::Fields fields_;
  std::string packed_;
  PairState state_;
  Arena memory_;
};

}  // namespace

Task<json> explain_record(Runtime& runtime, json body) {
  const CallBody call(body);
  const Side side = side_of(call);
  const std::string key = call.text("key");
  SyncFile file = SyncFile::parse(body.at("file"));
  const RunControl control;
  file = co_await resolve_integrations(runtime, std::move(file));
  SyncSession session(runtime, std::move(file), control);
  co_await session.open(true);
  const MappingPlan& mapping = *session.plan().mapping;
  const KnownRecord known = co_await look_up(*runtime.store, session.file().id, side, key);

  FetchPlan of_source{session.file().source_object, mapping.source_paths(), ""};
  of_source.editors = true;
  std::string source_key = known.source_key;
  const RecordBatch source = co_await fetch_one(session.source(), std::move(of_source), std::move(source_key));
  FetchPlan of_target{session.file().target_object, *mapping.target_fields(), ""};
  of_target.editors = true;
  const std::unique_ptr<Source> reader = session.target_connection().source();
  std::string target_key = session.target_schema() ? known.target_key : "";
  const RecordBatch target = co_await fetch_one(*reader, std::move(of_target), std::move(target_key));
  if (source.size() + target.size() == 0 && !known.pair && !known.link && !known.rejected)
    throw Error(ErrorKind::invalid, fmt::format("there is no record \"{}\" in the {} of sync \"{}\"", key,
                                                name_of(side), session.file().id))
        .with_code("not_found");

  FieldStory story(mapping, session.personal(), known);
  json conflicts = json::array();
  for (const Conflict& one : known.conflicts) conflicts.push_back(to_json(one));
  json answer{{"syncId", session.file().id},
              {"side", name_of(side)},
              {"key", key},
              {"source", side_json(source, mapping.personal_slots())},
              {"target", side_json(target, mapping.personal_fields())},
              {"link", link_json(known)},
              {"pair", pair_json(known)},
              {"fields", story.tell(source, target)},
              {"conflicts", std::move(conflicts)},
              {"rejected", nullptr}};
  if (known.rejected) answer["rejected"] = to_json(*known.rejected);
  co_return answer;
}

}  // namespace nexpo

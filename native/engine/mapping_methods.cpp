#include "engine/mapping_methods.hpp"

#include <fmt/format.h>

#include "engine/call_body.hpp"
#include "engine/end_methods.hpp"
#include "engine/given_records.hpp"
#include "engine/mapping_needs.hpp"
#include "engine/mapping_tests.hpp"
#include "engine/outside_desk.hpp"
#include "engine/report_json.hpp"
#include "engine/schema_json.hpp"
#include "engine/sync_file.hpp"
#include "sync/conflict/reconcile_rules.hpp"
#include "sync/two_way/back_mapping.hpp"
#include "transformer/faults.hpp"
#include "transformer/mapping.hpp"

namespace nexpo {
namespace {

using nlohmann::json;

/// What a call gives a mapping to lean on: its own `tables`, and what else there is by id.
struct Ground {
  MappingNeeds needs;
  json validation;
};

Task<Ground> ground_of(Runtime& runtime, const json& body) {
  json tables = body.value("tables", json::object());
  if (!tables.is_object())
    throw Error(ErrorKind::invalid, "tables: must be an object of tables, {id: {from: to}}").with_field("tables");
  json mapping = body.value("fieldMappings", json()), detail = json::object();
  Ground ground;
  ground.needs =
      co_await resolve_needs(runtime, std::move(mapping), "fieldMappings", std::move(detail), std::move(tables));
  ground.validation = body.value("validation", json());
  co_return ground;
}

MappingPlan plan_of(const json& body, const MappingOptions& options) {
  return MappingPlan::compile(body.value("fieldMappings", json()), "fieldMappings", options);
}

/// What became of records that were given.
struct MappedText {
  std::string results;  ///< see results_text
  std::vector<std::string> warnings;
  std::vector<RuleCount> rules;
};

/// The plan and its desk outlive the call.
Task<MappedText> map_given(Runtime& runtime, const MappingPlan& plan, OutsideDesk& desk, std::string text,
                           size_t records_max) {
  if (!plan.outside().empty()) {
    auto decode = [&] { return decode_given(std::move(text), plan.source_paths(), records_max); };
    GivenRecords given = co_await runtime.workers.run(std::move(decode));
    std::vector<std::string> warnings;
    if (!given.rows.empty()) warnings = co_await desk.check();
    MappedBatch mapped = co_await map_batch(plan, given.rows, std::move(given.unreadable), desk, runtime.workers);
    warnings.insert(warnings.end(), mapped.warnings.begin(), mapped.warnings.end());
    co_return MappedText{results_text(mapped, given.rows.size()), std::move(warnings), std::move(mapped.rules)};
  }
  auto map = [&] {
    GivenRecords given = decode_given(std::move(text), plan.source_paths(), records_max);
    MappedBatch mapped = plan.apply(given.rows, std::move(given.unreadable));
    return MappedText{results_text(mapped, given.rows.size()), std::move(mapped.warnings), std::move(mapped.rules)};
  };
  co_return co_await runtime.workers.run(std::move(map));
}

/// [{at, rule, checked, failed, asked}]
json to_json(const std::vector<RuleName>& names, const std::vector<RuleCount>& counts) {
  json counters = json::array();
  for (size_t i = 0; i < names.size() && i < counts.size(); ++i)
    counters.push_back({{"at", names[i].at},
                        {"rule", names[i].rule},
                        {"checked", counts[i].checked},
                        {"failed", counts[i].failed},
                        {"asked", counts[i].asked}});
  return counters;
}

/// What the faults and the warnings of one mapping are gathered in.
class Preview {
 public:
  Preview(const json& body, MappingOptions options) : body_(body), options_(std::move(options)) {
    schema("sourceSchema", source_);
    schema("targetSchema", target_);
  }

  void compile() {
    gather([&] { tests_ = MappingTests::parse(body_.value("tests", json()), "tests"); });
    gather([&] { plan_.emplace(plan_of(body_, options_)); });
    if (!plan_) return;
    gather([&] { check_conflicts(); });
    gather([&] { check_direction(); });
    gather([&] { warnings_ = plan_->check(schema_of(source_), schema_of(target_), "fieldMappings"); });
  }

  Task<std::string> run(Runtime& runtime, OutsideDesk& desk) {
    if (plan_) desk.serve(*plan_);
    MappedText mapped{"[]", {}, {}};
    json judged = json::array();
    if (plan_) {
      mapped = co_await map_given(runtime, *plan_, desk, CallBody(body_).text("records"), kPreviewRecordsMax);
      warnings_.insert(warnings_.end(), mapped.warnings.begin(), mapped.warnings.end());
    }
    if (plan_ && !tests_.empty()) {
      const MappedText tried = co_await map_given(runtime, *plan_, desk, tests_.inputs(), kPreviewRecordsMax);
      judged = tests_.judge(tried.results, plan_->target_fields());
    }
    co_return fmt::format(R"({{"records":{},"diagnostics":{},"warnings":{},"personal":{},"tests":{}}})", mapped.results,
                          dump(diagnostics_), dump(json(warnings_)), dump(personal()), dump(judged));
  }

 private:
  void schema(const char* name, std::optional<Schema>& into) const {
    if (body_.contains(name) && !body_[name].is_null()) into = parse_schema(body_[name], name);
  }
  /// What a sync says beside its mapping, if it is given.
  void check_conflicts() const {
    const std::string word = CallBody(body_).optional_text("conflictResolution").value_or("source_wins");
    (void)ReconcileRules::parse(body_.value("conflicts", json()), parse_strategy(word, "conflictResolution"),
                                plan_->target_fields(), "conflicts");
  }
  void check_direction() const {
    if (CallBody(body_).optional_text("direction") == "two_way")
      (void)BackMapping::compile(body_.value("fieldMappings", json()), "fieldMappings");
  }
  json personal() const {
    json names = json::array();
    for (size_t slot = 0; plan_ && slot < plan_->personal_fields().size(); ++slot)
      if (plan_->personal_fields()[slot]) names.push_back((*plan_->target_fields())[slot]);
    return names;
  }
  static const Schema* schema_of(const std::optional<Schema>& schema) { return schema ? &*schema : nullptr; }

  /// What is wrong with a step's part of the mapping becomes diagnostics.
  template <class Step>
  void gather(Step step) {
    try {
      step();
    } catch (const MappingError& error) {
      for (const Fault& fault : error.faults())
        diagnostics_.push_back({{"path", fault.path}, {"reason", fault.reason}, {"fix", fault.fix}});
    }
  }

  const json& body_;
  MappingOptions options_;
  std::optional<Schema> source_, target_;
  MappingTests tests_;
  std::optional<MappingPlan> plan_;
  json diagnostics_ = json::array();
  std::vector<std::string> warnings_;
};

}  // namespace

Task<std::string> preview_mapping(Runtime& runtime, json body) {
  const Ground ground = co_await ground_of(runtime, body);
  OutsideDesk desk(runtime, ground.needs, "mapping", runtime.calls_stop);
  Preview preview(body, options_of(runtime, ground.needs, ground.validation));
  auto compile = [&] { preview.compile(); };
  co_await runtime.workers.run(std::move(compile));
  co_return co_await preview.run(runtime, desk);
}

Task<std::string> apply_mapping(Runtime& runtime, json body) {
  const Ground ground = co_await ground_of(runtime, body);
  const MappingPlan plan = plan_of(body, options_of(runtime, ground.needs, ground.validation));
  OutsideDesk desk(runtime, ground.needs, "mapping", runtime.calls_stop);
  desk.serve(plan);
  std::string records = CallBody(body).text("records");
  body.erase("records");
  const MappedText mapped = co_await map_given(runtime, plan, desk, std::move(records), kCallRecordsMax);
  co_return fmt::format(R"({{"results":{},"warnings":{},"counters":{}}})", mapped.results, dump(json(mapped.warnings)),
                        dump(to_json(plan.rules(), mapped.rules)));
}

Task<json> next_run(Runtime& runtime, json body) {
  constexpr int64_t kYear9999 = 253'402'300'799'999;
  const Schedule schedule = parse_schedule(body.value("schedule", json()));
  Time after = runtime.loop.now();
  if (body.contains("after")) after = Time(Millis(CallBody(body).integer("after", 0, kYear9999)));
  const std::optional<Time> next = schedule.next(after);
  co_return json{{"next", next ? json(to_text(*next)) : json(nullptr)}};
}

}  // namespace nexpo

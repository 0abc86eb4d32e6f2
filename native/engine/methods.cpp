#include "engine/methods.hpp"

#include <fmt/format.h>

#include "engine/apply_rules.hpp"
#include "engine/book_methods.hpp"
#include "engine/conflict_methods.hpp"
#include "engine/conflict_preview.hpp"
#include "engine/end_methods.hpp"
#include "engine/explain_methods.hpp"
#include "engine/feed_methods.hpp"
#include "engine/host_methods.hpp"
#include "engine/kept_plans.hpp"
#include "engine/mapping_methods.hpp"
#include "engine/query_methods.hpp"
#include "engine/report_json.hpp"
#include "engine/resolve_records.hpp"
#include "engine/run_methods.hpp"
#include "engine/run_watch.hpp"
#include "engine/upkeep_methods.hpp"

namespace nexpo {
namespace {

using nlohmann::json;

struct Method {
  std::string_view name;
  Task<json> (*run)(Runtime&, json) = nullptr;
  Task<std::string> (*run_as_text)(Runtime&, json) = nullptr;  ///< instead, where the answer holds records
};

constexpr Method kMethods[]{
    {"host.answer", take_host_answer},
    {"host.functions", set_host_functions},
    {"sync.run", run_sync},
    {"sync.schedule", schedule_sync},
    {"sync.stop", stop_sync},
    {"sync.plan", plan_sync},
    {"sync.apply", apply_plan},
    {"plan.forget", forget_plan},
    {"sync.test", test_sync},
    {"sync.schema", schema_sync},
    {"sync.status", list_runs},
    {"sync.rejected", list_rejected},
    {"sync.forget", forget_sync},
    {"end.objects", list_objects},
    {"end.describe", describe_object},
    {"end.test", test_connection},
    {"end.read", nullptr, read_records},
    {"end.write", nullptr, write_records},
    {"feed.read", nullptr, read_feed},
    {"feed.forget", forget_feed},
    {"mapping.preview", nullptr, preview_mapping},
    {"mapping.apply", nullptr, apply_mapping},
    {"conflict.list", list_conflicts},
    {"conflict.get", get_conflict},
    {"conflict.counts", count_conflicts},
    {"conflict.decide", decide_conflict},
    {"conflict.decide_many", decide_many_conflicts},
    {"conflict.undo", undo_conflict},
    {"conflict.preview", preview_conflicts},
    {"conflict.apply_rules", apply_conflict_rules},
    {"conflict.resolve", resolve_records},
    {"record.explain", explain_record},
    {"schedule.next", next_run},
    {"book.get", get_document},
    {"book.list", list_documents},
    {"book.put", put_document},
    {"book.delete", delete_document},
    {"book.reveal", reveal_document},
    {"audit.add", add_audit},
    {"audit.list", list_audit},
    {"audit.verify", verify_audit},
    {"keys.rotate", rotate_keys},
    {"keys.erase", erase_key},
    {"retention.apply", apply_retention},
    {"connector.specs", list_connectors},
    {"engine.info", engine_info},
    {"engine.metrics", engine_metrics},
};

}  // namespace

Task<std::string> call_method(Runtime& runtime, std::string method, std::string body) {
  for (const Method& known : kMethods) {
    if (known.name != method) continue;
    json parsed = json::parse(body, nullptr, false);
    if (!parsed.is_object()) throw Error(ErrorKind::invalid, fmt::format("{}: the body must be a JSON object", method));
    const bool always =
        known.run == run_sync || known.run == apply_plan || known.run == stop_sync || known.run == take_host_answer;
    if (!always && runtime.closing) throw Error(ErrorKind::cancelled, "the engine is closing");
    if (known.run_as_text) co_return co_await known.run_as_text(runtime, std::move(parsed));
    const json answer = co_await known.run(runtime, std::move(parsed));
    co_return dump(answer);
  }
  throw Error(ErrorKind::invalid, fmt::format("there is no method \"{}\"", method));
}

}  // namespace nexpo

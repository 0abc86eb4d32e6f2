#include "engine/mapping_methods.hpp"

#include <fmt/format.h>

#include "engine/call_body.hpp"
#include "engine/report_json.hpp"
#include "engine/schema_json.hpp"
#include "engine/sync_file.hpp"
#include "record/json.hpp"
#include "record/path.hpp"
#include "transformer/faults.hpp"
#include "transformer/mapping.hpp"

namespace nexpo {
namespace {

using nlohmann::json;

/// Sample records over the paths of a mapping.
struct Samples {
  RecordBatch rows;
  std::vector<Rejection> unreadable;
};

/// `Owner.Name` of a flat record is its member of that very name.
std::string quoted(const std::string& column) { return '"' + column + '"'; }

/// Reads each path, and those of several names also as one flat name.
Samples decode(std::string text, const std::vector<std::string>& paths) {
  std::vector<std::string> wanted = paths;
  std::vector<size_t> flat_of;  // path of each slot behind those of `paths`
  for (size_t slot = 0; slot < paths.size(); ++slot) {
    const Path path = parse_path(paths[slot]);
    const std::string column = path.size() > 1 ? column_name(path) : "";
    if (column.empty() || column.find_first_of("\"\\") != std::string::npos) continue;
    wanted.push_back(quoted(column));
    flat_of.push_back(slot);
  }
  const Selection selection(std::move(wanted));
  auto arena = std::make_shared<Arena>();
  RecordBatch both(selection.shape(), arena);
  Samples out;
  out.unreadable = JsonDecoder().decode_page(arena->adopt(std::move(text)), "", selection, both).unreadable;
  if (both.size() > static_cast<size_t>(kPreviewRecordsMax))
    throw Error(ErrorKind::invalid,
                fmt::format("records: {} are too many for a preview; the most is {}", both.size(), kPreviewRecordsMax))
        .with_field("records");
  out.rows = RecordBatch(std::make_shared<const std::vector<std::string>>(paths), arena);
  for (size_t row = 0; row < both.size(); ++row) {
    const std::span<const Value> cells = both.row(row);
    const std::span<Value> picked = out.rows.add({});
    std::copy_n(cells.begin(), paths.size(), picked.begin());
    for (size_t i = 0; i < flat_of.size(); ++i)
      if (picked[flat_of[i]].is(ValueKind::unset)) picked[flat_of[i]] = cells[paths.size() + i];
  }
  return out;
}

std::string text_of(const MappedBatch& mapped, size_t samples) {
  const JsonRowWriter writer(mapped.records.shape());
  std::string text = "[";
  size_t taken = 0, refused = 0;
  for (size_t row = 0; row < samples; ++row) {
    if (row > 0) text += ',';
    if (taken < mapped.source_row.size() && mapped.source_row[taken] == row) {
      text += R"({"output":)";
      writer.append(text, mapped.records.row(taken++));
    } else {
      const Rejection& why = mapped.rejections.at(refused++);
      text += R"({"rejected":)";
      text += dump({{"code", why.code}, {"message", why.message}, {"field", why.field}});
    }
    text += '}';
  }
  return text + ']';
}

/// What the faults and the warnings of one mapping are gathered in.
class Preview {
 public:
  explicit Preview(const json& body) : call_(body), body_(body) {
    schema("sourceSchema", source_);
    schema("targetSchema", target_);
  }

  std::string run() {
    std::string records = "[]";
    try {
      const MappingPlan plan = MappingPlan::compile(body_.value("fieldMappings", json()), "fieldMappings");
      check(plan);
      Samples samples = decode(call_.text("records"), plan.source_paths());
      const MappedBatch mapped = plan.apply(samples.rows, std::move(samples.unreadable));
      warnings_.insert(warnings_.end(), mapped.warnings.begin(), mapped.warnings.end());
      records = text_of(mapped, samples.rows.size());
    } catch (const MappingError& error) {
      add(error);
    }
    return fmt::format(R"({{"records":{},"diagnostics":{},"warnings":{}}})", records, dump(diagnostics_),
                       dump(json(warnings_)));
  }

 private:
  void schema(const char* name, std::optional<Schema>& into) const {
    if (body_.contains(name) && !body_[name].is_null()) into = parse_schema(body_[name], name);
  }
  void check(const MappingPlan& plan) {
    try {
      warnings_ = plan.check(source_ ? &*source_ : nullptr, target_ ? &*target_ : nullptr, "fieldMappings");
    } catch (const MappingError& error) {
      add(error);
    }
  }
  void add(const MappingError& error) {
    for (const Fault& fault : error.faults())
      diagnostics_.push_back({{"path", fault.path}, {"reason", fault.reason}, {"fix", fault.fix}});
  }

  CallBody call_;
  const json& body_;
  std::optional<Schema> source_, target_;
  json diagnostics_ = json::array();
  std::vector<std::string> warnings_;
};

}  // namespace

Task<std::string> preview_mapping(Runtime& runtime, json body) {
  auto work = [&body] { return Preview(body).run(); };
  co_return co_await runtime.workers.run(std::move(work));
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

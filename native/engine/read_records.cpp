// end.read: some records of one object.
#include <algorithm>

#include <fmt/format.h>

#include "engine/call_body.hpp"
#include "engine/end.hpp"
#include "engine/end_methods.hpp"
#include "engine/record_text.hpp"

namespace nexpo {
namespace {

constexpr int kReadPageRecords = 2'000;

struct ReadRequest {
  std::string object;
  std::vector<std::string> fields;
  int64_t limit = 0;
  std::optional<Time> modified_after;
  bool deleted = false;
};

ReadRequest request_of(const nlohmann::json& body) {
  const CallBody call(body);
  ReadRequest request;
  request.object = call.text("object");
  request.fields = call.names("fields");
  request.limit = call.integer("limit", 1, kCallRecordsMax);
  request.deleted = call.flag("deleted");
  if (body.contains("modifiedAfter")) {
    constexpr int64_t kYear9999 = 253'402'300'799'999;
    request.modified_after = Time(Millis(call.integer("modifiedAfter", 0, kYear9999)));
  }
  if (request.deleted && !request.modified_after)
    throw Error(ErrorKind::invalid, "deleted: deletions are told from a point in time on; set modifiedAfter too")
        .with_field("modifiedAfter");
  return request;
}

Task<std::unique_ptr<Reader>> open(Source& source, const ReadRequest& request) {
  ReadPlan plan;
  plan.object = request.object;
  plan.paths = request.fields;
  plan.records_wanted = request.limit + 1;  // one more tells whether there are more
  plan.page_records_max = static_cast<int>(std::min<int64_t>(plan.records_wanted, kReadPageRecords));
  plan.deletions = request.deleted;
  if (request.modified_after) {
    StartPoint start = co_await source.start_at(request.object, request.modified_after);
    plan.from = std::move(start.cursor);
    plan.incremental = true;
  }
  co_return co_await source.read(std::move(plan));
}

/// Rows without a stamp come with every read of changes, but were not modified after any time.
bool is_wanted(const RowHead& head, const ReadRequest& request) {
  return !request.modified_after || head.op == RecordOp::remove || !head.version.empty();
}

}  // namespace

Task<std::string> read_records(Runtime& runtime, nlohmann::json body) {
  const ReadRequest request = request_of(body);
  End end = co_await End::open(runtime, body, "end");
  const std::unique_ptr<Source> source = end.connection().source();
  std::string key_field;
  if (request.deleted) {
    const Schema schema = co_await source->describe(request.object);
    key_field = schema.key_field;
  }
  const std::unique_ptr<Reader> reader = co_await open(*source, request);
  RecordsText records(key_field);
  bool more = false;
  for (bool last = false; !last && !more;) {
    runtime.calls_stop.throw_if_cancelled();
    const Page page = co_await reader->next();
    last = page.last;
    auto append = [&] {
      for (size_t row = 0; row < page.records.size(); ++row) {
        if (!is_wanted(page.records.head(row), request)) continue;
        more = records.size() == static_cast<size_t>(request.limit);
        if (more) return;
        records.add(page.records, row);
      }
    };
    co_await runtime.workers.run(std::move(append));
  }
  co_return fmt::format(R"({{"records":{},"more":{}}})", records.take(), more);
}

}  // namespace nexpo

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "base/error.hpp"
#include "connectors/salesforce/bulk_query_reader.hpp"
#include "connectors/salesforce/condition.hpp"
#include "connectors/salesforce/deletions.hpp"
#include "connectors/salesforce/errors.hpp"
#include "connectors/salesforce/query_reader.hpp"
#include "connectors/salesforce/salesforce.hpp"
#include "connectors/salesforce/timeout_fallback.hpp"

namespace nexpo::salesforce {

namespace {

using Stage = ReadProgress::Stage;

/// The last whole second that the server has shown us belongs to the window; what is still to come in it, or commits
/// late, lies within the overlap of the next run.
constexpr std::chrono::seconds kSecondUnderWay{1};

std::string bounds_of(const Columns& columns, const Window& window) {
  return window.low ? within(columns.stamp, window) : "";
}

}  // namespace

/// What is settled about one read before its first page.
struct SalesforceSource::Reading {
  ReadPlan plan;
  Columns columns;
  ReadProgress progress;
  bool bulk = false;  ///< many rows, and none of the fields forbids it
  bool feed = false;  ///< the feed of deletions follows
  bool deleted_too = false;

  bool full() const { return !progress.window.low; }
};

Task<Schema> SalesforceSource::describe(std::string object) {
  const Org::DescribeRef describe = co_await org_->describe_now(std::move(object));
  co_return describe->schema;
}

Task<std::unique_ptr<Reader>> SalesforceSource::read(ReadPlan plan) {
  Reading reading;
  reading.progress = ReadProgress::parse(plan.from);
  Shape slots = std::make_shared<const std::vector<std::string>>(plan.paths);
  reading.columns = co_await resolve_columns(*org_, plan.object, std::move(slots));
  refuse_binary(reading.columns);
  if (plan.editors) co_await add_editor(*org_, reading.columns);
  reading.plan = std::move(plan);
  const bool resumed = reading.progress.stage != Stage::between;
  if (!resumed && reading.plan.incremental) reading.progress.window.low = reading.progress.next;
  const Org::DescribeRef describe = co_await org_->describe(reading.columns.object);
  const bool deletions = reading.plan.deletions && !reading.full();
  reading.deleted_too = deletions && reading.columns.has_is_deleted;
  reading.feed = deletions && describe->replicateable;
  if (!resumed) co_await begin(reading);
  co_return co_await open(reading);
}

Task<RecordBatch> SalesforceSource::fetch(FetchPlan plan, std::vector<std::string> keys) {
  const std::string by = plan.key_field.empty() ? "Id" : plan.key_field;
  Shape slots = std::make_shared<const std::vector<std::string>>(std::move(plan.paths));
  Columns columns = co_await resolve_columns(*org_, plan.object, std::move(slots));
  refuse_binary(columns);
  if (plan.editors) co_await add_editor(*org_, columns);
  Shape key_slot = std::make_shared<const std::vector<std::string>>(1, by);
  const Columns key_columns = co_await resolve_columns(*org_, plan.object, std::move(key_slot));
  const Column& key = key_columns.columns.front();
  std::vector<std::string> literals;
  for (const std::string& text : keys) {
    std::optional<std::string> literal;
    if (!text.empty()) literal = soql_value(key.type, text);
    if (literal) literals.push_back(std::move(*literal));
  }
  const RowFormat format(columns, false);
  RecordBatch found(columns.slots, std::make_shared<Arena>());
  const size_t chars = select_chars(columns), rows_max = kQueryRowsMax;
  std::vector<std::string> conditions = in_clauses_of(key.select, literals, chars, rows_max);
  for (std::string& condition : conditions) {
    co_await append_where(*org_, format, std::move(condition), found);
  }
  co_return found;
}

Task<StartPoint> SalesforceSource::start_at(std::string object, std::optional<Time> time) {
  const Org::DescribeRef describe = co_await org_->describe(object);
  if (!describe->has_stamp())
    throw Error(ErrorKind::invalid, "salesforce: " + object + " has no change stamp that can be filtered");
  ReadProgress progress;
  if (time) {
    progress.next = std::chrono::floor<std::chrono::seconds>(*time);
  } else {
    const std::optional<Seconds> now = co_await org_->server_time();
    progress.next = now.value_or(std::chrono::floor<std::chrono::seconds>(org_->clock().now())) - settings_.overlap;
  }
  StartPoint start;
  start.cursor = progress.finished();
  start.stamp = to_text(*progress.next);
  co_return start;
}

/// Takes the server's time before anything is read, and how much there is to read.
Task<> SalesforceSource::begin(Reading& reading) {
  ReadProgress& progress = reading.progress;
  Org::RowCount count;
  if (reading.plan.records_wanted == 0) count = co_await count_rows(reading);
  if (!count.at) count.at = co_await org_->server_time();
  const Seconds now = count.at.value_or(std::chrono::floor<std::chrono::seconds>(org_->clock().now()));
  if (reading.feed && now - *progress.window.low > kDeletionsKept) {
    throw Error(
        ErrorKind::invalid,
        fmt::format("salesforce: the last run was at {}, and Salesforce tells of deletions for {} days only; run "
                    "the sync in full once",
                    to_text(*progress.window.low), kDeletionsKept.count()))
        .with_code("INVALID_REPLICATION_DATE");
  }
  progress.next.reset();
  if (!reading.columns.stamp.empty()) progress.next = now - settings_.overlap;
  if (!reading.full()) progress.window.high = now + kSecondUnderWay;
  progress.stage = Stage::rows;
  reading.bulk = count.rows > settings_.bulk_read_rows && reading.columns.in_bulk();
}

Task<Org::RowCount> SalesforceSource::count_rows(const Reading& reading) {
  std::string where = bounds_of(reading.columns, reading.progress.window);
  auto counted = co_await attempt(org_->count(reading.columns.object, std::move(where), reading.deleted_too));
  if (counted.index() == 0) co_return std::get<0>(counted);
  if (std::get<1>(counted).code() != kQueryTimeout) throw std::get<1>(counted);
  Org::RowCount too_many;
  too_many.rows = std::numeric_limits<int64_t>::max();
  co_return too_many;
}

Task<std::unique_ptr<Reader>> SalesforceSource::open(Reading& reading) {
  std::unique_ptr<Reader> reader;
  const int page_rows = reading.plan.page_records_max;
  const Stage stage = reading.progress.stage;
  if (reading.bulk || stage == Stage::bulk) reader = co_await open_bulk(org_, settings_.parallel_results, reading);
  if (!reader && stage != Stage::deleted) {
    QueryReader::Plan plan;
    plan.columns = reading.columns;
    plan.deleted_too = reading.deleted_too;
    plan.full = reading.full();
    plan.page_rows = page_rows;
    if (reading.plan.records_wanted > 0) {
      plan.statement_rows = static_cast<int>(std::min<int64_t>(reading.plan.records_wanted, kQueryRowsMax));
    }
    plan.progress = reading.progress;
    auto query = std::make_unique<QueryReader>(org_, std::move(plan));
    if (reading.columns.in_bulk() && reading.plan.records_wanted == 0) {
      auto by_bulk = [org = org_, streams = settings_.parallel_results, left = reading](Position behind) mutable {
        left.progress.at = std::move(behind);
        return open_bulk(org, streams, left);
      };
      reader = std::make_unique<TimeoutFallback>(std::move(query), std::move(by_bulk), org_->log());
    } else {
      reader = std::move(query);
    }
  }
  if (!reading.feed) co_return reader;
  co_return std::make_unique<DeletedReader>(org_, reading.columns.object, reading.columns.slots, page_rows,
                                            reading.progress, std::move(reader));
}

/// Null if Bulk does not take the object: which ones it refuses is only to be found out by asking.
Task<std::unique_ptr<Reader>> SalesforceSource::open_bulk(std::shared_ptr<Org> org, int streams, Reading reading) {
  BulkQueryReader::Plan plan;
  plan.columns = reading.columns;
  plan.deleted_too = reading.deleted_too;
  plan.full = reading.full();
  plan.page_rows = reading.plan.page_records_max;
  plan.streams = streams;
  plan.progress = reading.progress;
  const bool resumed = reading.progress.stage == Stage::bulk;
  auto reader = std::make_unique<BulkQueryReader>(org, std::move(plan));
  if (!resumed) {
    auto started = co_await attempt(reader->start_job());
    if (started.index() == 1) {
      const Error& refused = std::get<1>(started);
      if (refused.kind() != ErrorKind::invalid) throw refused;
      org->log().info(refused.message() + "; reading by REST instead");
      co_return nullptr;
    }
  }
  co_return reader;
}

}  // namespace nexpo::salesforce

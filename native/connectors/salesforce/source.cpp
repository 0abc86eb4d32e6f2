#include <limits>

#include <fmt/format.h>

#include "base/error.hpp"
#include "connectors/salesforce/bulk_query_reader.hpp"
#include "connectors/salesforce/deletions.hpp"
#include "connectors/salesforce/query_reader.hpp"
#include "connectors/salesforce/salesforce.hpp"

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

/// Takes the server's time before anything is read, and how much there is to read.
Task<> SalesforceSource::begin(Reading& reading) {
  ReadProgress& progress = reading.progress;
  std::string where = bounds_of(reading.columns, progress.window);
  auto counted = co_await attempt(org_->count(reading.columns.object, std::move(where), reading.deleted_too));
  Org::RowCount count;
  if (counted.index() == 0) {
    count = std::get<0>(counted);
  } else if (std::get<1>(counted).code() == "QUERY_TIMEOUT") {
    count.rows = std::numeric_limits<int64_t>::max();  // too many to be counted
  } else {
    throw std::get<1>(counted);
  }
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

Task<std::unique_ptr<Reader>> SalesforceSource::open(Reading& reading) {
  std::unique_ptr<Reader> reader;
  const int page_rows = reading.plan.page_records_max;
  const Stage stage = reading.progress.stage;
  if (reading.bulk || stage == Stage::bulk) reader = co_await open_bulk(reading);
  if (!reader && stage != Stage::deleted) {
    QueryReader::Plan plan;
    plan.columns = reading.columns;
    plan.deleted_too = reading.deleted_too;
    plan.full = reading.full();
    plan.page_rows = page_rows;
    plan.progress = reading.progress;
    reader = std::make_unique<QueryReader>(org_, std::move(plan));
  }
  if (!reading.feed) co_return reader;
  co_return std::make_unique<DeletedReader>(org_, reading.columns.object, reading.columns.slots, page_rows,
                                            reading.progress, std::move(reader));
}

/// Null if Bulk does not take the object: which ones it refuses is only to be found out by asking.
Task<std::unique_ptr<Reader>> SalesforceSource::open_bulk(Reading& reading) {
  BulkQueryReader::Plan plan;
  plan.columns = reading.columns;
  plan.deleted_too = reading.deleted_too;
  plan.full = reading.full();
  plan.page_rows = reading.plan.page_records_max;
  plan.streams = settings_.parallel_results;
  plan.progress = reading.progress;
  const bool resumed = reading.progress.stage == Stage::bulk;
  auto reader = std::make_unique<BulkQueryReader>(org_, std::move(plan));
  if (!resumed) {
    auto started = co_await attempt(reader->start_job());
    if (started.index() == 1) {
      const Error& refused = std::get<1>(started);
      if (refused.kind() != ErrorKind::invalid) throw refused;
      org_->log().info(refused.message() + "; reading by REST instead");
      co_return nullptr;
    }
  }
  co_return reader;
}

}  // namespace nexpo::salesforce

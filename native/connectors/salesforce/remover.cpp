#include "connectors/salesforce/remover.hpp"

#include <algorithm>
#include <unordered_map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.hpp"
#include "connectors/salesforce/collection_writer.hpp"
#include "connectors/salesforce/ingest.hpp"

namespace nexpo::salesforce {

namespace {

void take(RowResult parsed, RowResult& result) {
  result = std::move(parsed);
  if (!result.success && row_is_gone(result.fault.code)) result.success = true;
}

}  // namespace

Task<std::vector<RowResult>> Remover::remove(const RecordBatch& keys, DeleteKind kind) {
  std::vector<std::string> texts;
  for (size_t row = 0; row < keys.size(); ++row) texts.emplace_back(keys.head(row).key);
  const std::vector<std::string> ids = co_await keys_.ids(std::move(texts));
  Results results(ids.size());
  std::vector<size_t> rows;
  for (size_t row = 0; row < ids.size(); ++row) {
    if (ids[row].empty()) results[row].success = true;
    if (!ids[row].empty()) rows.push_back(row);
  }
  if (rows.empty()) co_return results;
  const bool hard = kind == DeleteKind::hard && !hard_refused_;
  if (!hard || !co_await remove_hard(ids, rows, results)) co_await remove_soft(ids, std::move(rows), results);
  co_return results;
}

Task<> Remover::remove_soft(const std::vector<std::string>& ids, std::vector<size_t> rows, Results& results) {
  std::vector<Started<std::monostate>> chunks;
  for (size_t from = 0; from < rows.size(); from += kCollectionRowsMax) {
    const auto begin = rows.begin() + static_cast<std::ptrdiff_t>(from);
    const auto count = static_cast<std::ptrdiff_t>(std::min(kCollectionRowsMax, rows.size() - from));
    std::vector<size_t> chunk(begin, begin + count);
    chunks.emplace_back(remove_chunk(ids, std::move(chunk), results));
  }
  co_await join_all(chunks);
}

Task<std::monostate> Remover::remove_chunk(const std::vector<std::string>& ids, std::vector<size_t> rows,
                                           Results& results) {
  const Semaphore::Permit permit = co_await in_flight_.acquire(org_->cancel());
  std::vector<std::string_view> listed;
  listed.reserve(rows.size());
  for (size_t row : rows) listed.push_back(ids[row]);
  http::Request request;
  request.method = "DELETE";
  request.url =
      co_await org_->base() + fmt::format("/composite/sobjects?ids={}&allOrNone=false", fmt::join(listed, ","));
  request.cancel = org_->cancel();
  http::Response answer = co_await org_->call(std::move(request), "salesforce: removal of " + object_);
  std::vector<RowResult> parsed = parse_collection(std::move(answer.body), rows.size());
  for (size_t i = 0; i < rows.size(); ++i) take(std::move(parsed[i]), results[rows[i]]);
  co_return std::monostate();
}

/// False if this user may not delete for good.
Task<bool> Remover::remove_hard(const std::vector<std::string>& ids, const std::vector<size_t>& rows,
                                Results& results) {
  IngestJob job;
  job.object = object_;
  job.operation = "hardDelete";
  job.key_column = "Id";
  job.csv = "Id\n";
  std::unordered_map<std::string_view, size_t> row_of_id;
  for (size_t row : rows) {
    job.csv += ids[row] + "\n";
    row_of_id.emplace(ids[row], row);
  }
  auto done = co_await attempt(run_ingest(org_, std::move(job)));
  if (done.index() == 1) {
    const Error& error = std::get<1>(done);
    if (error.kind() != ErrorKind::invalid && error.kind() != ErrorKind::unauthorized) throw error;
    org_->log().warn(error.message() + "; records are deleted into the recycle bin instead");
    hard_refused_ = true;
    co_return false;
  }
  const IngestResults& results_by_id = std::get<0>(done);
  for (size_t row : rows) results[row].fault = {std::string(kUnprocessed), "the bulk job ended before this row", {}};
  for (const KeyResult& good : results_by_id.succeeded) {
    const auto row = row_of_id.find(good.id.empty() ? good.key : good.id);
    if (row != row_of_id.end()) results[row->second] = {true, false, std::string(good.id), {}};
  }
  for (const KeyResult& bad : results_by_id.failed) {
    const auto row = row_of_id.find(bad.key);
    if (row == row_of_id.end()) continue;
    RowResult failed;
    failed.fault = parse_bulk_row_error(bad.error);
    take(std::move(failed), results[row->second]);
  }
  co_return true;
}

}  // namespace nexpo::salesforce

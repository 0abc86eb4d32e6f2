#include "connectors/salesforce/bulk_writer.hpp"

#include <unordered_map>

#include <fmt/format.h>

#include "base/error.hpp"

namespace nexpo::salesforce {

namespace {

using RowOfKey = std::unordered_map<std::string_view, size_t>;

IngestJob job_for(const TargetFields& fields, std::string csv) {
  IngestJob job;
  job.object = fields.object;
  job.operation = fields.by_id ? "update" : "upsert";
  if (!fields.by_id) job.external_id_field = fields.key_field().name;
  job.key_column = fields.key_field().name;
  job.csv = std::move(csv);
  return job;
}

void take_results(const IngestResults& done, const RowOfKey& row_of_key, std::vector<RowResult>& results) {
  for (const KeyResult& good : done.succeeded) {
    const auto row = row_of_key.find(good.key);
    if (row == row_of_key.end()) continue;
    results[row->second] = {true, good.created, std::string(good.id), {}};
  }
  for (const KeyResult& bad : done.failed) {
    const auto row = row_of_key.find(bad.key);
    if (row != row_of_key.end()) results[row->second].fault = parse_bulk_row_error(bad.error);
  }
}

/// Rows that a failed or aborted job did not come to stay as they are, and may be sent again.
void mark_unprocessed(std::span<const size_t> rows, const JobInfo& job, std::vector<RowResult>& results) {
  for (size_t row : rows) {
    RowResult& result = results[row];
    if (result.success || !result.fault.code.empty()) continue;
    result.fault = {std::string(kUnprocessed), fmt::format("the bulk job ended as {} before this row", job.state), {}};
  }
}

Task<> write_part(std::shared_ptr<Org> org, IngestJob job, const RecordBatch& batch, size_t key_slot,
                  std::span<const size_t> rows, std::vector<RowResult>& results) {
  const IngestResults done = co_await run_ingest(org, std::move(job));
  if (!done.job.complete() && done.succeeded.empty() && done.failed.empty()) {
    throw Error(ErrorKind::invalid, fmt::format("salesforce: the bulk job {} ended as {}: {}", done.job.id,
                                                done.job.state, done.job.error_message));
  }
  RowOfKey row_of_key;
  for (size_t row : rows) row_of_key.emplace(batch.row(row)[key_slot].view(), row);
  take_results(done, row_of_key, results);
  mark_unprocessed(rows, done.job, results);
}

}  // namespace

Task<bool> write_by_bulk(std::shared_ptr<Org> org, const TargetFields& fields, const RecordBatch& batch,
                         const std::vector<size_t>& rows, std::vector<RowResult>& results) {
  std::span<const size_t> left(rows);
  while (!left.empty()) {
    const std::span<const size_t> before = left;
    auto encode = [&] { return encode_csv(fields, batch, left); };
    std::string csv = co_await org->workers().run(encode);
    const std::span<const size_t> part = before.first(before.size() - left.size());
    IngestJob job = job_for(fields, std::move(csv));
    auto written = co_await attempt(write_part(org, std::move(job), batch, fields.key, part, results));
    if (written.index() == 0) continue;
    const Error& error = std::get<1>(written);
    const bool refused = before.size() == rows.size() && bulk_refuses_object(error);
    if (!refused) throw error;
    org->log().info(error.message() + "; writing by REST instead");
    co_return false;
  }
  co_return true;
}

}  // namespace nexpo::salesforce

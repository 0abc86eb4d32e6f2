#include "connectors/salesforce/writer.hpp"

#include "base/error.hpp"
#include "connectors/salesforce/bulk_writer.hpp"
#include "connectors/salesforce/ids.hpp"
#include "record/key_index.hpp"

namespace nexpo::salesforce {

SalesforceWriter::SalesforceWriter(std::shared_ptr<Org> org, TargetFields fields, Columns columns, Options options)
    : org_(std::move(org)),
      fields_(std::move(fields)),
      key_field_((*columns.slots)[fields_.key]),
      options_(options),
      collections_(org_, fields_, options.parallel_requests),
      keys_(org_, fields_, std::move(columns)),
      remover_(org_, fields_.object, keys_, options.parallel_requests) {}

/// The rows to send: the last of each key, since two of one key in a call fail each other. Rows without a key, or with
/// something that is no id where ids are needed, get their result here.
std::vector<size_t> SalesforceWriter::rows_to_send(const RecordBatch& batch, std::vector<RowResult>& results) const {
  std::vector<size_t> rows;
  KeyIndex place_of_key(batch.size());
  for (size_t row = 0; row < batch.size(); ++row) {
    const std::string_view key = batch.row(row)[fields_.key].view();
    if (key.empty()) {
      results[row].fault = {"key_missing", "the field that records are matched by has no value", key_field_};
      continue;
    }
    if (fields_.by_id && !is_id(key)) {
      results[row].fault = {"MALFORMED_ID", "not a Salesforce id (15 or 18 letters and digits)", key_field_};
      continue;
    }
    const std::string_view identity = key.substr(0, fields_.by_id ? kShortIdChars : key.npos);
    if (const auto place = place_of_key.put_new(identity, rows.size())) {
      results[rows[*place]].success = true;  // a later row of the same key says what holds
      rows[*place] = row;
    } else {
      rows.push_back(row);
    }
  }
  return rows;
}

Task<BatchReceipt> SalesforceWriter::write(const RecordBatch& batch) {
  std::vector<RowResult> results(batch.size());
  std::vector<size_t> rows = rows_to_send(batch, results);
  if (static_cast<int64_t>(rows.size()) > options_.bulk_rows) {
    std::vector<size_t> by_csv, by_json;
    for (size_t row : rows) (fits_csv(batch.row(row)) ? by_csv : by_json).push_back(row);
    if (co_await write_by_bulk(org_, fields_, batch, by_csv, results)) {
      rows = std::move(by_json);
      // Bulk has no serial mode: what lost a lock is tried again here.
      for (size_t row : by_csv) {
        if (!results[row].success && row_was_locked(results[row].fault.code, results[row].fault.message)) {
          rows.push_back(row);
        }
      }
    }
  }
  co_await collections_.write(batch, std::move(rows), results);
  co_return receipt_of(batch, std::move(results));
}

BatchReceipt SalesforceWriter::receipt_of(const RecordBatch& batch, std::vector<RowResult> results) const {
  BatchReceipt receipt;
  receipt.receipts.resize(results.size());
  for (size_t row = 0; row < results.size(); ++row) {
    RowResult& result = results[row];
    Receipt& to = receipt.receipts[row];
    if (!result.success) {
      to.outcome = Outcome::rejected;
      const bool later = row_may_pass_later(result.fault.code, result.fault.message);
      receipt.rejections.push_back({row, std::move(result.fault.code), std::move(result.fault.message),
                                    std::move(result.fault.field), later, result.in_doubt});
      continue;
    }
    to.outcome = result.created ? Outcome::created : result.id.empty() ? Outcome::unchanged : Outcome::updated;
    if (result.id != batch.row(row)[fields_.key].view()) to.target_key = std::move(result.id);
  }
  return receipt;
}

Task<BatchReceipt> SalesforceWriter::remove(const RecordBatch& keys, DeleteKind kind) {
  std::vector<RowResult> results = co_await remover_.remove(keys, kind);
  BatchReceipt receipt;
  for (size_t row = 0; row < results.size(); ++row) {
    RowResult& result = results[row];
    receipt.receipts.push_back({result.success ? Outcome::deleted : Outcome::rejected, {}});
    if (result.success) continue;
    const bool later = row_may_pass_later(result.fault.code, result.fault.message);
    receipt.rejections.push_back({row, std::move(result.fault.code), std::move(result.fault.message),
                                  std::move(result.fault.field), later, result.in_doubt});
  }
  co_return receipt;
}

Task<RecordBatch> SalesforceWriter::fetch(std::vector<std::string> keys) {
  co_return co_await keys_.read(std::move(keys));
}

}  // namespace nexpo::salesforce

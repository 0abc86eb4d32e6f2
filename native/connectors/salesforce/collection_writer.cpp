#include "connectors/salesforce/collection_writer.hpp"

#include <algorithm>

#include "base/error.hpp"

namespace nexpo::salesforce {

namespace {

constexpr Millis kLockPause{500};

std::vector<size_t> locked_rows(const std::vector<size_t>& rows, const std::vector<RowResult>& results) {
  std::vector<size_t> locked;
  for (size_t row : rows) {
    const RowResult& result = results[row];
    if (!result.success && row_was_locked(result.fault.code, result.fault.message)) locked.push_back(row);
  }
  return locked;
}

/// One record that is no valid JSON for its fields fails the whole call.
bool one_row_spoils_all(const Error& error) { return error.code() == "JSON_PARSER_ERROR"; }

}  // namespace

Task<> CollectionWriter::write(const RecordBatch& batch, std::vector<size_t> rows, Results& results) {
  co_await write_once(batch, rows, results);
  for (int again = 1; again <= kLockTriesMax; ++again) {
    rows = locked_rows(rows, results);
    if (rows.empty()) co_return;
    co_await org_->clock().sleep(kLockPause * again, org_->cancel());
    co_await write_once(batch, rows, results);
  }
}

Task<> CollectionWriter::write_once(const RecordBatch& batch, const std::vector<size_t>& rows, Results& results) {
  std::vector<Started<std::monostate>> chunks;
  const Rows all(rows);
  for (size_t from = 0; from < all.size(); from += kCollectionRowsMax) {
    const Rows chunk = all.subspan(from, std::min(kCollectionRowsMax, all.size() - from));
    chunks.emplace_back(write_chunk(batch, chunk, results));
  }
  co_await join_all(chunks);
}

Task<std::monostate> CollectionWriter::write_chunk(const RecordBatch& batch, Rows rows, Results& results) {
  auto sent = co_await attempt(send_chunk(batch, rows, results));
  if (sent.index() == 0) co_return std::monostate();
  const Error& error = std::get<1>(sent);
  if (!one_row_spoils_all(error)) throw error;
  if (rows.size() == 1) {
    results[rows.front()].fault = {error.code(), error.message(), error.field()};
    co_return std::monostate();
  }
  const size_t half = rows.size() / 2;
  co_await write_chunk(batch, rows.first(half), results);
  co_await write_chunk(batch, rows.subspan(half), results);
  co_return std::monostate();
}

Task<> CollectionWriter::send_chunk(const RecordBatch& batch, Rows rows, Results& results) {
  const Semaphore::Permit permit = co_await in_flight_.acquire(org_->cancel());
  auto encode = [&] { return encode_collection(fields_, batch, rows); };
  std::string body = co_await org_->workers().run(encode);
  std::string path = co_await org_->base() + "/composite/sobjects";
  if (!fields_.by_id) path += "/" + fields_.object + "/" + fields_.key_field().name;
  std::string doing = "salesforce: write of " + fields_.object;
  http::Response answer = co_await org_->send_json("PATCH", std::move(path), std::move(body), std::move(doing));
  std::vector<RowResult> parsed = parse_collection(std::move(answer.body), rows.size());
  for (size_t i = 0; i < rows.size(); ++i) {
    parsed[i].in_doubt = answer.in_doubt || results[rows[i]].in_doubt;
    results[rows[i]] = std::move(parsed[i]);
  }
}

}  // namespace nexpo::salesforce

#include "sync/rejected_reader.hpp"

#include <algorithm>

namespace nexpo {
namespace {

/// Originals are flat objects whose members are named by whole paths, so each path is one quoted key.
std::vector<std::string> quoted(const std::vector<std::string>& paths) {
  std::vector<std::string> keys;
  for (const std::string& path : paths) {
    std::string key = "\"";
    for (char c : path) {
      if (c == '"' || c == '\\') key += '\\';
      key += c;
    }
    keys.push_back(key + '"');
  }
  return keys;
}

}  // namespace

RejectedReader::RejectedReader(StateStore& store, std::string sync_id, const std::vector<std::string>& paths,
                               bool retryable_only, int page_records_max, int64_t only)
    : store_(store),
      sync_id_(std::move(sync_id)),
      shape_(std::make_shared<std::vector<std::string>>(paths)),
      selection_(quoted(paths)),
      retryable_only_(retryable_only),
      page_records_max_(only == 0 ? page_records_max : 1),
      only_(only),
      after_(std::max<int64_t>(only - 1, 0)) {}

Task<Page> RejectedReader::next() {
  std::vector<RejectedRecord> kept = co_await store_.rejected(sync_id_, retryable_only_, after_, page_records_max_);
  if (only_ != 0) std::erase_if(kept, [this](const RejectedRecord& record) { return record.id != only_; });
  Page page;
  auto arena = std::make_shared<Arena>();
  page.records = RecordBatch(shape_, arena);
  for (RejectedRecord& record : kept) {
    RecordBatch decoded(selection_.shape(), arena);
    record.original.reserve(record.original.size() + 64);  // room for the parser's look-ahead
    decoder_.decode_record(arena->adopt(std::move(record.original)), selection_, decoded);
    RowHead head;
    head.key = arena->copy(record.source_key);
    head.version = arena->copy(record.version);
    head.op = record.removal ? RecordOp::remove : RecordOp::upsert;
    const std::span<Value> cells = page.records.add(head);
    std::copy(decoded.row(0).begin(), decoded.row(0).end(), cells.begin());
    after_ = record.id;
  }
  page.last = only_ != 0 || kept.size() < static_cast<size_t>(page_records_max_);
  co_return page;
}

}  // namespace nexpo

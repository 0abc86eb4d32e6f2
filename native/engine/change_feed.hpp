// ChangeFeed: what has changed in one object since the caller last asked, each version once.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "connectors/connector.hpp"
#include "engine/feed_book.hpp"
#include "record/json.hpp"
#include "store/feed_store.hpp"

namespace nexpo {

constexpr int64_t kFeedLimitDefault = 1'000;
/// Rows that are read before what was met among them is kept: memory stays bounded however much the window repeats.
constexpr size_t kFeedRowsAtOnce = 100'000;

struct FeedRequest {
  std::string id;
  std::string object;
  std::vector<std::string> fields;
  int64_t limit = kFeedLimitDefault;
  std::optional<std::string> accept;  ///< token of the batch that the caller has taken
  bool from_start = false;            ///< of a feed that begins now: with all records that there are
  std::string created_field;          ///< field of the creation stamp; empty: CreatedDate, if the object has it
};

/// The law of cursors (inclusive lower bound with overlap, upper bound by the server's clock) makes a record come again
/// in several windows. Known entries, the id and the version of all that the window can still bring back, tell what was
/// given out before. A version is the record's own change stamp. Where the values of two reads differ under one stamp
/// (two edits within its grain), the later one is a version of its own: "stamp#2". For that, only fields that people
/// can write count: a formula or a parent's field may differ at every look.
///
/// One instance serves one call, on the loop thread, under the lease of the feed.
class ChangeFeed {
 public:
  /// Borrows all. `schema` is that of the object, `identity` that of the connection.
  ChangeFeed(FeedStore& store, Workers& workers, Source& source, const Schema& schema, const std::string& identity,
             Lease lease, FeedRequest request);

  /// {"records": [{op, id, version, fields}], "token", "more"}.
  /// Throws Error: invalid (another object under this id), conflict (a token that the feed has not given), and whatever
  /// the source throws; a repeat is always safe.
  Task<std::string> next();

 private:
  /// What one round of reading has met.
  struct Round {
    std::unordered_map<std::string, FeedEntry> met;
    std::string changes;  ///< JSON objects, parted by commas
    int64_t count = 0;
    size_t rows = 0;
    Cursor cursor;
    bool ended = false;
  };

  Task<> load();
  Task<> settle(std::string token);
  Task<Round> read();
  Task<std::unique_ptr<Reader>> open();
  void take(const RecordBatch& rows, const std::vector<std::optional<FeedEntry>>& entries, Round& round);
  void take_row(const RecordBatch& rows, size_t row, const FeedEntry* known, Round& round);
  void emit(const RecordBatch& rows, size_t row, const char* op, const FeedEntry& entry, Round& round);
  Task<> keep(Round& round);

  Fingerprint digest_of(std::span<const Value> cells);
  bool is_new(std::span<const Value> cells) const;
  int page_records() const;

  FeedStore& store_;
  Workers& workers_;
  Source& source_;
  const Schema& schema_;
  Lease lease_;
  FeedRequest request_;
  std::string binding_;
  std::vector<std::string> paths_;     ///< the fields, and the creation stamp behind them unless it is one of them
  std::optional<size_t> created_;      ///< slot of the creation stamp
  std::vector<size_t> digested_;       ///< slots that tell versions apart under one stamp
  Fingerprint shape_digest_;           ///< of the names of those
  std::vector<Value> digested_cells_;  ///< scratch
  JsonRowWriter writer_;
  FeedBook book_;
  std::string settled_;
};

}  // namespace nexpo

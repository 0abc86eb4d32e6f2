// Page: what a source hands over at once. Receipt: what a target says about each record of a batch.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "record/batch.hpp"

namespace nexpo {

/// Where a source goes on reading: its own text (JSON), opaque to everyone else. Empty: from the start.
/// Reading again from the same cursor gives at least every record that was not yet given before it.
struct Cursor {
  std::string text;
  bool empty() const { return text.empty(); }
  friend bool operator==(const Cursor&, const Cursor&) = default;
};

/// Why one record was refused. `code` is ours ("required", "type") or the target's own ("STRING_TOO_LONG").
struct Rejection {
  size_t row = 0;  ///< index into the batch it is about
  std::string code;
  std::string message;
  std::string field;       ///< target field, or empty
  bool retryable = false;  ///< true: tried again in the next run (locks, missing parents)
  bool in_doubt = false;   ///< true: an earlier attempt whose answer was lost may have had its effect
};

struct Page {
  RecordBatch records;
  Cursor next;        ///< resume point once this page is committed
  bool last = false;  ///< nothing follows; `next` is where the next run starts
  /// Rows that are there, but not with the values they have in the source, in order of Rejection::row, an index into
  /// `records`. `field` is the source path.
  std::vector<Rejection> unreadable;
};

enum class Outcome : uint8_t { created, updated, unchanged, deleted, rejected };

struct Receipt {
  Outcome outcome = Outcome::unchanged;
  std::string target_key;  ///< identity in the target where it differs from the key we wrote by, else empty
};

/// One receipt per record, in the order of the batch, whatever order the system answered in.
struct BatchReceipt {
  std::vector<Receipt> receipts;
  std::vector<Rejection> rejections;  ///< exactly one per receipt with outcome `rejected`
};

}  // namespace nexpo

// FeedStore: what a change feed must not forget between two calls.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/task.hpp"
#include "record/fingerprint.hpp"
#include "store/lease.hpp"

namespace nexpo {

/// The version of a record that a feed has given out, or is about to.
struct FeedEntry {
  std::string key;
  std::string version;
  Fingerprint digest;  ///< of the values that came with it
  bool gone = false;   ///< the record was deleted
  int64_t pass = 0;    ///< the newest pass that met it
  friend bool operator==(const FeedEntry&, const FeedEntry&) = default;
};

struct FeedState {
  std::string state;    ///< the feed's own text, opaque here
  std::string settled;  ///< the highest version, byte by byte, of all entries that were forgotten; empty: of none
};

/// Everything one call leaves behind, in one transaction and in this order. No key twice in `known` or in `offered`.
struct FeedCommit {
  Lease lease;
  bool accept = false;           ///< what was offered before becomes known; otherwise it is dropped
  std::vector<FeedEntry> known;  ///< replace what was known of their keys
  int64_t forget_below = 0;      ///< known entries of passes before this one go
  std::vector<FeedEntry> offered;
  std::string state;
};

/// Entries are of two kinds: known ones were taken by the caller, offered ones wait for his word. Any number of them.
class FeedStore {
 public:
  virtual ~FeedStore() = default;

  /// Null for a feed that has no state yet.
  virtual Task<std::optional<FeedState>> load_feed(std::string feed) = 0;
  /// Known entries of the given keys, in the same order; nullopt where there is none.
  virtual Task<std::vector<std::optional<FeedEntry>>> feed_entries(std::string feed,
                                                                   std::vector<std::string_view> keys) = 0;
  /// Gives FeedState::settled as it is afterwards. Throws Error{conflict} if the lease's epoch is not the newest:
  /// nothing is changed then.
  virtual Task<std::string> commit_feed(FeedCommit commit) = 0;
  /// Drops state and entries.
  virtual Task<> forget_feed(Lease lease) = 0;
};

}  // namespace nexpo

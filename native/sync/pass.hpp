// Pass: the page loop. Takes pages from a feed, lets each take effect, commits in page order.
#pragma once

#include <deque>
#include <unordered_map>

#include "sync/page_step.hpp"

namespace nexpo {

/// One run's loop over the pages of one reader. The checkpoint moves last: a page's receipts, links, rejected records,
/// counts and cursor are one transaction of the store, after the target has the page.
class Pass {
 public:
  /// `run` is the run to continue: its counts and cursor are where the last commit left them.
  Pass(const PassContext& context, const SyncPlan& plan, Lease lease, Run run, const SyncState& state);

  /// Reads until the last page or until a stop is asked for. `phase` is "read" for a source and "replay" for rejected
  /// records, whose pages leave the cursor alone. True if it came to the end.
  Task<bool> read(Reader& reader, std::string phase);
  /// Removes what the full run did not see, page by page.
  Task<bool> sweep();

  const Run& run() const { return run_; }

 private:
  struct InFlight {
    Started<SettledPage> step;
    std::vector<std::string> keys;  ///< source keys of the page, only while several pages may be in flight
  };

  Task<> start(MappedPage page);
  Task<> commit_oldest();
  Task<> commit_ready();
  Task<> settle_all();
  Task<> commit(SettledPage page);
  bool overlaps(const RecordBatch& page) const;

  const PassContext& context_;
  const SyncPlan& plan_;
  Lease lease_;
  Run run_;
  int64_t rejected_known_;
  CircuitBreaker breaker_;
  StepContext step_;
  std::string phase_;
  std::deque<InFlight> in_flight_;
  std::unordered_map<std::string_view, int> keys_in_flight_;
};

/// The resume point of a run: how far it is, and the reader's own cursor. `phase` "read" or "sweep".
struct RunCursor {
  std::string phase;
  Cursor reader;
  static RunCursor parse(const Cursor& stored);
  Cursor stored() const;
};

/// The slot of `field` in `shape`; throws Error{invalid} that names the field and the fix.
size_t key_slot_of(const Shape& shape, std::string_view field);

}  // namespace nexpo

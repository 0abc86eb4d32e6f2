// Pass: the page loop. Takes pages from a feed, lets each take effect, commits in page order.
#pragma once

#include <deque>

#include "sync/page_keys.hpp"
#include "sync/page_step.hpp"

namespace nexpo {

/// One run's loop over the pages of one reader. The checkpoint moves last: a page's receipts, links, rejected records,
/// counts and cursor are one transaction of the store, after the target has the page.
class Pass {
 public:
  /// `run` is the run to continue: its counts and cursor are where the last commit left them. `planned`: as
  /// RunContext has it.
  Pass(const PassContext& context, const SyncPlan& plan, Lease lease, Run run, const SyncState& state,
       PlanEffects* planned = nullptr);

  /// Reads until the last page or until a stop is asked for. `phase` is "read" for a source and "replay" for rejected
  /// records, whose pages leave the cursor alone. True if it came to the end.
  Task<bool> read(Reader& reader, std::string phase);
  /// Removes what the full run did not see, page by page; of a plan, what it found gone and was not met since.
  Task<bool> sweep();

  const Run& run() const { return run_; }

 private:
  /// A page whose effects are under way.
  struct InFlight {
    std::unique_ptr<PageStep> step;
    Started<SettledPage> settling;
    PageKeys keys, claims;
  };

  Task<> start(MappedPage page);
  Task<std::vector<std::string>> next_gone(std::string after);
  Task<int64_t> intend(std::vector<LinkWrite> intents);
  Task<int64_t> commit_oldest(std::vector<LinkWrite> next_intents);
  Task<int64_t> commit(SettledPage page, std::vector<LinkWrite> next_intents);
  Task<int64_t> commit_timed(Commit commit);
  Task<> commit_all();
  Task<> settle_all();
  bool overlaps(const PageKeys& keys, const PageKeys& claims);

  const PassContext& context_;
  const SyncPlan& plan_;
  Lease lease_;
  Run run_;
  int64_t rejected_known_;
  CircuitBreaker breaker_;
  RunContext step_;
  std::string phase_;
  std::deque<InFlight> in_flight_;
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

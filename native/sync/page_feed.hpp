// PageFeed: reads ahead and maps, so that the next page is ready when the last one is written.
#pragma once

#include <deque>
#include <vector>

#include "base/started.hpp"
#include "record/fingerprint.hpp"
#include "sync/sync_plan.hpp"

namespace nexpo {

/// A page that was read and mapped and waits for its decisions.
struct MappedPage {
  RecordBatch source;
  MappedBatch mapped;
  std::vector<Fingerprint> fingerprints;  ///< one per mapped row
  Cursor next;
  bool last = false;
};

/// Maps one batch that asks nothing outside, and takes its fingerprints. Pure; runs on the pool.
MappedPage map_page(const MappingPlan& mapping, Page page, const PersonalData* personal = nullptr);

/// Gives pages in order. At most `pages_ahead` are fetched or mapped at a time. Call close() before the reader goes
/// away, also after an error.
class PageFeed {
 public:
  PageFeed(const PassContext& context, const SyncPlan& plan, Reader& reader);

  /// The next page. Not called again after one with `last` set.
  Task<MappedPage> next();
  /// True if next() would not wait.
  bool ready() const { return !ahead_.empty() && ahead_.front().done(); }
  /// Waits for what was started, and drops it.
  Task<> close();

 private:
  Task<MappedPage> load();
  Task<MappedPage> map(Page page);
  void fill();

  const PassContext& context_;
  const SyncPlan& plan_;
  Reader& reader_;
  Semaphore reading_{1};  // a reader takes one call at a time
  bool read_last_ = false;
  bool failed_ = false;
  std::deque<Started<MappedPage>> ahead_;
};

}  // namespace nexpo

// TwoWayPreview: what the next run of a sync that reconciles would do, found out without writing anything.
#pragma once

#include "sync/preview.hpp"
#include "sync/two_way/two_way_pass.hpp"

namespace nexpo {

/// Reads both sides as a run would and judges every pair. A record that would be written is counted where it is met
/// first. Differences name the side that changes: "update source", "create target". `effects`, if not null, gets all
/// that would be written, removed or held. Takes no lease and leaves no trace.
Task<PreviewReport> preview_two_way(const PassContext& context, const SyncPlan& plan, RunRequest request,
                                    size_t samples_max, EffectSink* effects);

}  // namespace nexpo

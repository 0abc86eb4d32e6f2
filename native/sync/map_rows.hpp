// Mapping inside a run: on the pool, with whatever the plan has to ask for, and counted.
#pragma once

#include <vector>

#include "sync/sync_plan.hpp"

namespace nexpo {

/// Maps a page. `context`, `mapping` and `source` outlive the call. Throws what PassContext::outside throws.
Task<MappedBatch> map_rows(const PassContext& context, const MappingPlan& mapping, const RecordBatch& source,
                           std::vector<Rejection> unreadable);

}  // namespace nexpo

// conflict.preview: what rules would settle of the conflicts that a sync holds, and had decided before.
#pragma once

#include <nlohmann/json.hpp>

#include "engine/runtime.hpp"

namespace nexpo {

constexpr size_t kPreviewOpenMax = 10'000;    ///< open conflicts that are looked at
constexpr size_t kPreviewDecidedMax = 1'000;  ///< decided ones, the newest
constexpr size_t kPreviewSamplesMax = 20;

/// `body`: {syncId, strategy? ("merge"), rules?, groups?, fallback?, deleteUpdate?, skewSeconds?, priority?}, as a sync
/// file has them. Changes nothing. The answer:
///
///   {open: {looked, settled, left}, more,     more: there are open conflicts that were not looked at
///    decided: {looked, same, other, left},    how people decided, next to what the rules would have done
///    fields: [{field, settled, left}],
///    samples: [{id, key, kind, take?, fields: [{field, took: "source", "target", {value} or null, rule}]}]}
///
/// Personal values take part and are masked. Those whose key was erased are left.
Task<nlohmann::json> preview_conflicts(Runtime& runtime, nlohmann::json body);

}  // namespace nexpo

// resolve_records: two lists of records brought together by rules, without a sync and without a state.
#pragma once

#include <nlohmann/json.hpp>

#include "engine/runtime.hpp"

namespace nexpo {

constexpr size_t kResolveRecordsMax = 50'000;
constexpr size_t kResolveFieldsMax = 5'000;

/// {records: JSON text of [{base?, source, target, sourceAt?, targetAt?}], strategy, rules?, groups?, fallback?,
/// skewSeconds?, priority?} -> {results: [{record, review: [{field, base?, source?, target?, state}], trace: [{field,
/// state, took, rule}]}]}, one for each record, in order.
///
/// Without a base the records meet for the first time: what only one of them has is taken. With one, a side changed a
/// field if it is not as in the base. A side that is null has no such record, and the other one is taken. `record`
/// holds the settled fields, and of each field in `review` nothing.
Task<nlohmann::json> resolve_records(Runtime& runtime, nlohmann::json body);

}  // namespace nexpo

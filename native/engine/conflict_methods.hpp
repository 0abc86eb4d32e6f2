// The methods on conflicts that syncs hold: looked at, decided, undone.
#pragma once

#include <nlohmann/json.hpp>

#include "engine/runtime.hpp"

namespace nexpo {

/// Conflicts that one call of conflict.decide_many decides at most.
constexpr int kDecideManyMax = 500;

/// | method | body | answer |
/// |---|---|---|
/// | conflict.list | {syncId?, state?, outcome?, kind?, field?, key?, newest?, after?, limit?} | {conflicts, next?} |
/// | conflict.get | {id} | {conflict} |
/// | conflict.decide | {id, sourceHash, targetHash, take?, fields?, actor?, audit?} | {conflict} |
/// | conflict.decide_many | {filter: {syncId?, kind?, field?, key?}, take, actor?, limit?} | {results, decided, moved,
/// more} |
/// | conflict.undo | {id, actor?, audit?} | {conflict} |
/// | conflict.counts | {} | {counts: [{syncId, open, decided}]} |
///
/// Personal values are masked in every answer, and so are values that a decision about them names. Decisions are in the
/// audit log, without values.
Task<nlohmann::json> list_conflicts(Runtime& runtime, nlohmann::json body);
Task<nlohmann::json> get_conflict(Runtime& runtime, nlohmann::json body);
Task<nlohmann::json> decide_conflict(Runtime& runtime, nlohmann::json body);
Task<nlohmann::json> decide_many_conflicts(Runtime& runtime, nlohmann::json body);
Task<nlohmann::json> undo_conflict(Runtime& runtime, nlohmann::json body);
Task<nlohmann::json> count_conflicts(Runtime& runtime, nlohmann::json body);

}  // namespace nexpo

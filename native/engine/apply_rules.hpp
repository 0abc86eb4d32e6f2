// conflict.apply_rules: decides the held conflicts that rules settle.
#pragma once

#include <nlohmann/json.hpp>

#include "engine/runtime.hpp"

namespace nexpo {

/// `body`: as that of conflict.preview, and {actor?, audit?, after?, limit? (kDecideManyMax)}. Looks at that many open
/// conflicts of the sync, in order of id, and decides each that the rules settle wholly, as conflict.decide does: on
/// the hashes of the values that were judged. The others stay open. The answer:
///
///   {looked, decided, moved, left,           moved: they changed meanwhile; left: the rules do not settle them
///    more, after?,                           more: there are further ones, behind `after`
///    results: [{id, syncId, key, kind, take?, fields, decided, code?, message?}]}
///
/// `fields` are those of a preview's sample; `code` says why one was not decided: "left", or that of conflict.decide.
/// Personal values take part and are masked. The audit log is told the rules and the counts.
Task<nlohmann::json> apply_conflict_rules(Runtime& runtime, nlohmann::json body);

}  // namespace nexpo

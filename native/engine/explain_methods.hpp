// record.explain: where the values of one record come from, on both sides of a sync.
#pragma once

#include <nlohmann/json.hpp>

#include "engine/runtime.hpp"

namespace nexpo {

/// Conflicts of a record that an answer lists at most, newest first.
constexpr int kExplainedConflictsMax = 20;

/// `body`: {file, key, side?: "source" or "target"}; `key` is the record's identity on that side ("source"). Reads
/// both systems and writes to none. The answer:
///
///   {syncId, side, key,
///    source, target: {key, version, values: {field: value}} or null,
///    link: {targetKey, inDoubt} or null,             of a sync that goes one way
///    pair: {key, sourceKey, targetKey, held, deleted, inDoubt: [side]} or null,    of one that reconciles
///    fields: [{source, target, from?, steps: [{step, value?, fault?}], mapped?, inTarget?, base?, sourceShadow?,
///              targetShadow?, state?, decidedBy?: {conflict, outcome, rule?, took?, actor?, at}}],
///    conflicts: [as conflict.get gives them, newest first],
///    rejected: {code, field, message, attempts, ...} or null}
///
/// A member that is not there stands for a value that is not there. Personal values are masked. Numbers that a double
/// does not hold exactly are texts. Throws Error{invalid} with the code "not_found" if neither system nor the state
/// knows the record.
Task<nlohmann::json> explain_record(Runtime& runtime, nlohmann::json body);

}  // namespace nexpo

// merge_values: one value out of two that differ, by the rule of their field.
#pragma once

#include <optional>

#include "base/arena.hpp"
#include "record/value.hpp"
#include "sync/conflict/reconcile_rules.hpp"
#include "transformer/expression/expression.hpp"

namespace nexpo {

/// Memory that rules work with, kept between records. Values that they make live in `arena`.
struct MergeScratch {
  Arena& arena;
  ExpressionScratch expression = {};
};

/// Nothing: the rule cannot settle these values (a counter of texts, a set of objects, an expression that fails), or
/// there is none; the strategy does then.
std::optional<Value> merge_values(const FieldRule& rule, Value base, Value source, Value target, MergeScratch& scratch);

/// Unset, null, or an empty text.
bool is_blank(Value value);

/// -1, 0 or 1: numbers by what they are worth, times by when they are, all else by bytes. Null and unset come first.
int compare_values(Value a, Value b);

}  // namespace nexpo

// Between the cells of a record and the values of an expression.
#pragma once

#include "transformer/expression/run.hpp"

namespace nexpo::cel {

/// How deep JSON in a cell may be nested for an expression to look into it.
constexpr int kJsonDepthMax = 100;

/// A number becomes a decimal, JSON a list or a map; unset and null become null. False if a number has more than 38
/// digits, or JSON is too deep. Throws Error{invalid} if a json cell holds no JSON, which no decoder lets happen.
bool datum_of_cell(Run& run, const Value& cell, Datum& out);

/// Texts are copied into `arena` unless they are views into a cell. False, with the fault, for what no cell can hold.
bool cell_of_datum(Run& run, const Datum& value, Arena& arena, Value& out);

}  // namespace nexpo::cel

// Emitter: a checked tree to a program.
#pragma once

#include "transformer/expression/expression.hpp"
#include "transformer/expression/node.hpp"
#include "transformer/expression/program.hpp"

namespace nexpo::cel {

struct EmitterOptions {
  /// The slots that variables can have are 0 to `inputs` - 1.
  uint32_t inputs = 0;
  /// Inputs are made of cells, each when it is needed first; otherwise the caller puts them into the registers.
  bool from_cells = true;
};

/// Parts that depend on nothing from outside are computed here, once; those that fail are left as they are. Throws
/// Error{invalid} if the program does not fit into its limits.
Program emit(const Node& root, const EmitterOptions& options, const ExpressionLimits& limits);

}  // namespace nexpo::cel

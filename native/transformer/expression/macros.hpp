// Calls that are no functions: has(), all(), exists(), map() and their kin.
#pragma once

#include "transformer/expression/node.hpp"

namespace nexpo::cel {

/// Turns a call that is spelt like a macro into what it stands for, and gives any other call back as it is. Throws
/// Error{invalid} for a macro whose arguments it cannot have.
NodePtr expand_macro(NodePtr call);

}  // namespace nexpo::cel

// Parser: an expression's text to its tree. Macros are expanded here, as CEL has it.
#pragma once

#include <string_view>

#include "transformer/expression/expression.hpp"
#include "transformer/expression/lexer.hpp"
#include "transformer/expression/node.hpp"

namespace nexpo::cel {

/// Throws Error{invalid} with the column. Recursion is bounded by `limits.nesting_max`, and so is the height of the
/// tree. Chains of && and || count once, however long.
NodePtr parse(std::string_view text, const ExpressionLimits& limits);

}  // namespace nexpo::cel

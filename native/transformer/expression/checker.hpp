// Checker: finds what each name stands for and what type each part has, and refuses what cannot work.
#pragma once

#include <functional>
#include <optional>
#include <string_view>

#include "transformer/expression/node.hpp"

namespace nexpo::cel {

struct Variable {
  uint32_t slot = 0;
  StaticType type = StaticType::dyn();
};

/// What the world outside gives a name to. A name can have steps ("a.b", ".a", `a[0]."odd.key"`).
using Lookup = std::function<std::optional<Variable>(std::string_view name)>;

/// Completes the tree. Throws Error{invalid} with the column, the reason and the fix; with `strict` off it leaves to
/// the evaluation what CEL leaves to it when nothing is checked: names, functions and types that do not fit fail there.
void check(Node& root, const Lookup& lookup, bool strict);

}  // namespace nexpo::cel

// Chain: members and elements of a name, as one name.
#pragma once

#include <optional>
#include <string>

#include "transformer/expression/node.hpp"

namespace nexpo::cel {

struct Chain {
  std::string root;  ///< the name it begins with
  std::string name;  ///< all of it, spelt as a path of a record: `record.lines[0]."odd.key"`
};

/// Nothing if the node is anything but a name with members, and elements by literal index or key.
std::optional<Chain> chain_of(const Node& node);

}  // namespace nexpo::cel

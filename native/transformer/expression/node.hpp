// Node: one part of an expression's tree, made by the parser, completed by the checker, read by the emitter.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "transformer/expression/datum.hpp"
#include "transformer/expression/static_type.hpp"

namespace nexpo::cel {

enum class Operator : uint8_t {
  add,
  subtract,
  multiply,
  divide,
  modulo,
  equal,
  unequal,
  less,
  at_most,
  greater,
  at_least,
  in,
  negate,
  invert
};

enum class Macro : uint8_t { all, exists, exists_one, map, filter, map_entries, map_values };

struct Signature;

struct Node {
  enum class Form : uint8_t {
    literal,  ///< `value`, or `text` for strings and bytes
    name,     ///< `text`; ".name" is looked up at the outermost scope
    member,   ///< children[0].text
    has,      ///< has(children[0].text)
    index,    ///< children[0][children[1]]
    unary,
    binary,
    conditional,
    all_of,  ///< && of two or more
    any_of,  ///< || of two or more
    call,    ///< text(children...), or children[0].text(...) if it has a receiver
    list,
    map,    ///< children: key, value, key, value...
    macro,  ///< children: range, then the filter of a map macro if there is one, then what is computed per item
    bind,   ///< variables[0] stands for children[0] in children[1]
  };

  Form form = Form::literal;
  uint32_t column = 1;
  std::string text = {};
  Datum value = {};
  Operator op = Operator::add;
  bool has_receiver = false;
  bool is_quoted = false;  ///< a member in backticks
  Macro macro = Macro::all;
  std::array<std::string, 2> variables = {};  ///< of a macro; the second is empty if there is one only
  std::vector<std::unique_ptr<Node>> children = {};
  int height = 1;

  static constexpr uint32_t kNoPlace = ~uint32_t{0};
  StaticType type = {};
  bool can_fail = true;
  bool is_constant = false;              ///< depends on no variable but those in `lowest_local`
  uint32_t slot = kNoPlace;              ///< of a name, or of a chain of members that stands for a cell
  uint32_t local = kNoPlace;             ///< of a name that a macro binds; of a macro: of its first variable
  uint32_t lowest_local = kNoPlace;      ///< of the names inside that are bound outside
  const Signature* signature = nullptr;  ///< of a call
  bool is_type_name = false;             ///< a name, or a chain, that stands for a type: `value`
};

/// Whether the node depends on nothing from outside, so that its value can be computed at once.
inline bool is_closed(const Node& node) { return node.is_constant && node.lowest_local == Node::kNoPlace; }

using NodePtr = std::unique_ptr<Node>;

}  // namespace nexpo::cel

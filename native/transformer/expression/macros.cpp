#include "transformer/expression/macros.hpp"

#include <algorithm>

#include "transformer/expression/refusal.hpp"

namespace nexpo::cel {
namespace {

struct MacroShape {
  std::string_view name;
  Macro macro;
  size_t variables;
  size_t arguments;  ///< variables included, the range not
};
constexpr MacroShape kMacros[] = {
    {"all", Macro::all, 1, 2},
    {"exists", Macro::exists, 1, 2},
    {"exists_one", Macro::exists_one, 1, 2},
    {"existsOne", Macro::exists_one, 1, 2},
    {"map", Macro::map, 1, 2},
    {"map", Macro::map, 1, 3},
    {"filter", Macro::filter, 1, 2},
    {"all", Macro::all, 2, 3},
    {"exists", Macro::exists, 2, 3},
    {"exists_one", Macro::exists_one, 2, 3},
    {"existsOne", Macro::exists_one, 2, 3},
    {"transformList", Macro::map, 2, 3},
    {"transformList", Macro::map, 2, 4},
    {"transformMap", Macro::map_values, 2, 3},
    {"transformMap", Macro::map_values, 2, 4},
    {"transformMapEntry", Macro::map_entries, 2, 3},
    {"transformMapEntry", Macro::map_entries, 2, 4},
};

std::string variable_of(const Node& argument, const Node& call) {
  if (argument.form != Node::Form::name || argument.text.starts_with('.'))
    refuse(argument.column, fmt::format("{}() begins with the name that it gives to an item", call.text),
           fmt::format("write for example list.{}(x, x > 1)", call.text));
  return argument.text;
}

NodePtr expand_has(NodePtr call) {
  if (call->children.size() != 1 || call->children[0]->form != Node::Form::member)
    refuse(call->column, "has() asks for one member", "write for example has(record.Name)");
  NodePtr member = std::move(call->children[0]);
  member->form = Node::Form::has;
  return member;
}

// cel.bind(name, value, result)
NodePtr expand_bind(NodePtr call) {
  NodePtr node = std::make_unique<Node>();
  node->form = Node::Form::bind;
  node->column = call->column;
  node->variables[0] = variable_of(*call->children[1], *call);
  node->children.push_back(std::move(call->children[2]));
  node->children.push_back(std::move(call->children[3]));
  return node;
}

}  // namespace

NodePtr expand_macro(NodePtr call) {
  std::vector<NodePtr>& children = call->children;
  if (!call->has_receiver)
    return call->text == "has" || call->text == ".has" ? expand_has(std::move(call)) : std::move(call);
  if (call->text == "bind" && children.size() == 4 && children[0]->form == Node::Form::name &&
      children[0]->text == "cel")
    return expand_bind(std::move(call));
  const auto* const shape = std::find_if(std::begin(kMacros), std::end(kMacros), [&](const MacroShape& one) {
    return one.name == call->text && one.arguments + 1 == children.size();
  });
  if (shape == std::end(kMacros)) return call;
  NodePtr node = std::make_unique<Node>();
  node->form = Node::Form::macro;
  node->column = call->column;
  node->text = call->text;
  node->macro = shape->macro;
  for (size_t i = 0; i < shape->variables; ++i) node->variables[i] = variable_of(*children[i + 1], *call);
  if (shape->variables == 2 && node->variables[0] == node->variables[1])
    refuse(node->column, fmt::format("`{}` names two things", node->variables[0]), "choose another name");
  node->children.push_back(std::move(children[0]));
  for (size_t i = shape->variables + 1; i < children.size(); ++i) node->children.push_back(std::move(children[i]));
  return node;
}

}  // namespace nexpo::cel

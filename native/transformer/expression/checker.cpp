#include "transformer/expression/checker.hpp"

#include <algorithm>

#include "transformer/expression/chain.hpp"
#include "transformer/expression/operator_types.hpp"
#include "transformer/expression/refusal.hpp"
#include "transformer/expression/signature.hpp"
#include "transformer/faults.hpp"

namespace nexpo::cel {
namespace {

using Form = Node::Form;

class Checker {
 public:
  Checker(const Lookup& lookup, bool strict) : lookup_(lookup), strict_(strict) {}

  void visit(Node& node) {
    switch (node.form) {
      case Form::literal: return literal(node);
      case Form::name:
      case Form::member:
      case Form::index: return named(node);
      case Form::has: return has(node);
      case Form::unary: return unary(node);
      case Form::binary: return binary(node);
      case Form::conditional: return conditional(node);
      case Form::all_of:
      case Form::any_of: return logical(node);
      case Form::call: return call(node);
      case Form::list: return list(node);
      case Form::map: return map(node);
      case Form::macro: return macro(node);
      case Form::bind: return bind(node);
    }
  }

 private:
  struct Local {
    std::string name;
    StaticType type;
  };

  // Visits the children; the node is a constant if they all are, and can fail if one can.
  void visit_children(Node& node) {
    node.is_constant = true;
    node.can_fail = false;
    for (const NodePtr& child : node.children) {
      visit(*child);
      take_from(node, *child);
    }
  }
  static void take_from(Node& node, const Node& child) {
    node.is_constant = node.is_constant && child.is_constant;
    node.can_fail = node.can_fail || child.can_fail;
    node.lowest_local = std::min(node.lowest_local, child.lowest_local);
  }

  // Refuses, or leaves it to the evaluation.
  void unfit(Node& node, const std::string& reason, std::string_view fix) const {
    if (strict_) refuse(node.column, reason, fix);
    node.can_fail = true;
    node.type = StaticType::dyn();
  }

  static void literal(Node& node) {
    node.type = StaticType::of(node.value.kind);
    node.can_fail = false;
    node.is_constant = true;
  }

  const Local* find_local(std::string_view name, uint32_t& place) const {
    for (size_t i = locals_.size(); i-- > 0;) {
      if (locals_[i].name != name) continue;
      place = static_cast<uint32_t>(i);
      return &locals_[i];
    }
    return nullptr;
  }

  // A name, or members and elements of one: the longest part that the world knows is a slot.
  void named(Node& node) {
    const bool outermost = wanted_.empty();
    if (const std::optional<Chain> chain = outermost ? chain_of(node) : std::nullopt) wanted_ = chain->name;
    if (!resolve_chain(node)) {
      if (node.form == Form::name) {
        lone_name(node);
      } else {
        visit_children(node);
        node.form == Form::member ? member(node) : index(node);
      }
    }
    if (outermost) wanted_.clear();
  }

  // Whether the node as a whole is a variable, a local one or a type.
  bool resolve_chain(Node& node) {
    const std::optional<Chain> chain = chain_of(node);
    if (!chain) return false;
    uint32_t place = 0;
    if (const Local* local = chain->root.starts_with('.') ? nullptr : find_local(chain->root, place)) {
      if (node.form != Form::name) return false;
      node.local = place;
      node.lowest_local = place;
      node.type = local->type;
      node.can_fail = false;
      node.is_constant = true;
      return true;
    }
    if (const std::optional<Variable> variable = lookup_(chain->name)) {
      node.slot = variable->slot;
      node.type = variable->type;
      node.can_fail = variable->type.is_dyn();  // a cell may hold a number that is too long
      node.is_constant = false;
      return true;
    }
    const std::string_view bare = std::string_view(chain->name).substr(chain->name.starts_with('.') ? 1 : 0);
    const std::optional<Kind> type = kind_named(bare);
    if (!type) return false;
    node.is_type_name = true;
    node.value = Datum::type_of(*type);
    node.type = StaticType::of(Kind::type);
    node.can_fail = false;
    node.is_constant = true;
    return true;
  }

  void lone_name(Node& node) const {
    node.is_constant = false;
    unfit(node, fmt::format("there is no `{}`", wanted_), "write the name of a field, or put texts into quotes");
  }

  void member(Node& node) const {
    const StaticType& target = node.children[0]->type;
    node.can_fail = true;
    node.type = target.is(Kind::map) ? target.element_type() : StaticType::dyn();
    const bool fits = target.may_be(Kind::map) && (!target.is(Kind::map) || target.key_type().may_be(Kind::text));
    if (!fits) unfit(node, fmt::format("{} has no member `{}`", target.name(), node.text), "only maps have members");
  }

  void index(Node& node) const {
    const StaticType &target = node.children[0]->type, &key = node.children[1]->type;
    node.can_fail = true;
    node.type = target.is(Kind::list) || target.is(Kind::map) ? target.element_type() : StaticType::dyn();
    if (!target.may_be(Kind::list) && !target.may_be(Kind::map))
      return unfit(node, fmt::format("{} has no elements", target.name()), "only lists and maps have elements");
    const bool fits = target.is(Kind::list)  ? !key.is_known() || key.is_number()
                      : target.is(Kind::map) ? may_equal(target.key_type(), key)
                                             : true;
    if (!fits) unfit(node, fmt::format("{} has no element by {}", target.name(), key.name()), "write another key");
  }

  // has(a.b): whether the cell is there, or the key in a map.
  void has(Node& node) {
    node.form = Form::member;
    const bool is_cell = resolve_chain(node) && node.slot != Node::kNoPlace;
    node.form = Form::has;
    node.type = StaticType::of(Kind::boolean);
    if (is_cell) {
      node.can_fail = false;
      return;
    }
    visit_children(node);
    node.can_fail = node.can_fail || !node.children[0]->type.is(Kind::map);
    node.type = StaticType::of(Kind::boolean);
    if (!node.children[0]->type.may_be(Kind::map))
      unfit(node, fmt::format("{} has no members", node.children[0]->type.name()), "only maps have members");
  }

  void unary(Node& node) {
    visit_children(node);
    const StaticType& type = node.children[0]->type;
    const bool minus = node.op == Operator::negate;
    node.type = minus ? type : StaticType::of(Kind::boolean);
    if (!type.is_known()) {
      node.can_fail = true;
      return;
    }
    const bool fits =
        minus ? type.is(Kind::integer) || type.is(Kind::real) || type.is(Kind::decimal) || type.is(Kind::duration)
              : type.is(Kind::boolean);
    if (minus && !type.is(Kind::real) && !type.is(Kind::decimal)) node.can_fail = true;
    if (!fits) unfit(node, fmt::format("`{}` does not go with {}", sign_of(node.op), type.name()), "convert it");
  }

  void binary(Node& node) {
    visit_children(node);
    const StaticType &a = node.children[0]->type, &b = node.children[1]->type;
    node.type = StaticType::of(Kind::boolean);
    switch (node.op) {
      case Operator::equal:
      case Operator::unequal:
        if (!may_equal(a, b)) no_operator(node, a, b);
        return;
      case Operator::in: return membership(node, a, b);
      case Operator::less:
      case Operator::at_most:
      case Operator::greater:
      case Operator::at_least: return ordering(node, a, b);
      default: return arithmetic(node, a, b);
    }
  }

  void no_operator(Node& node, const StaticType& a, const StaticType& b) const {
    unfit(node, fmt::format("`{}` does not go with {} and {}", sign_of(node.op), a.name(), b.name()),
          "convert one of them, for example with string() or decimal()");
  }

  void membership(Node& node, const StaticType& value, const StaticType& container) const {
    if (!may_contain(container, value)) return no_operator(node, value, container);
    if (!container.is_known()) node.can_fail = true;
  }

  void ordering(Node& node, const StaticType& a, const StaticType& b) const {
    if (!may_order(a, b)) return no_operator(node, a, b);
    if (!a.is_known() || !b.is_known()) node.can_fail = true;
  }

  void arithmetic(Node& node, const StaticType& a, const StaticType& b) const {
    const std::optional<StaticType> type = arithmetic_type(node.op, a, b);
    if (!type) return no_operator(node, a, b);
    node.type = *type;
    const bool never_fails =
        type->is(Kind::real) || type->is(Kind::text) || type->is(Kind::bytes) || type->is(Kind::list);
    if (!never_fails) node.can_fail = true;
  }

  void boolean(Node& node, const Node& condition) const {
    if (!condition.type.may_be(Kind::boolean)) {
      unfit(node, fmt::format("a condition is a bool, not {}", condition.type.name()), "write a comparison");
    } else if (!condition.type.is_known()) {
      node.can_fail = true;
    }
  }

  void conditional(Node& node) {
    visit_children(node);
    node.type = cel::join(node.children[1]->type, node.children[2]->type);
    boolean(node, *node.children[0]);
  }

  void logical(Node& node) {
    visit_children(node);
    for (const NodePtr& child : node.children) boolean(node, *child);
    node.type = StaticType::of(Kind::boolean);
  }

  // math.greatest(x) has no receiver: `math` is a part of the name.
  void join_namespace(Node& node) const {
    if (!node.has_receiver) {
      if (node.text.starts_with('.')) node.text.erase(0, 1);
      return;
    }
    const std::optional<Chain> chain = chain_of(*node.children[0]);
    uint32_t place = 0;
    if (!chain || find_local(chain->root, place)) return;
    const std::string full = chain->name + "." + node.text;
    if (overloads_of(full).empty()) return;
    node.text = full;
    node.has_receiver = false;
    node.children.erase(node.children.begin());
  }

  void call(Node& node) {
    join_namespace(node);
    visit_children(node);
    std::vector<StaticType> types;
    for (const NodePtr& child : node.children) types.push_back(child->type);
    const std::vector<const Signature*> known = overloads_of(node.text);
    std::vector<const Signature*> fitting;
    for (const Signature* signature : known)
      if (accepts(*signature, node.has_receiver, types)) fitting.push_back(signature);
    node.can_fail = true;
    if (known.empty()) {
      node.is_constant = false;
      return unfit(node, fmt::format("there is no function `{}`", node.text), suggestion(node.text, signature_names()));
    }
    if (fitting.empty()) {
      node.signature = style_fits(known, node) ? known[0] : nullptr;
      if (!node.signature) node.is_constant = false;
      return unfit(node, fmt::format("`{}` cannot be called with ({})", node.text, names_of(types)),
                   "see docs/mapping.md, Expressions");
    }
    node.signature = fitting[0];
    const auto sure =
        std::find_if(fitting.begin(), fitting.end(), [&](const Signature* one) { return accepts_surely(*one, types); });
    if (sure != fitting.end()) {
      node.can_fail = cel::can_fail(**sure) || std::any_of(node.children.begin(), node.children.end(),
                                                           [](const NodePtr& child) { return child->can_fail; });
      node.type = result_of(**sure, types);
      return;
    }
    node.type = result_of(*fitting[0], types);
    for (const Signature* one : fitting) node.type = cel::join(node.type, result_of(*one, types));
  }

  // Whether an overload takes as many arguments, so that it can be run, and fail, on what it gets.
  static bool style_fits(const std::vector<const Signature*>& known, const Node& node) {
    const std::vector<StaticType> open(node.children.size(), StaticType::dyn());
    return std::any_of(known.begin(), known.end(),
                       [&](const Signature* one) { return accepts(*one, node.has_receiver, open); });
  }

  void list(Node& node) {
    visit_children(node);
    StaticType element = StaticType::open();
    for (const NodePtr& child : node.children) element = cel::join(element, child->type);
    node.type = StaticType::list_of(element);
  }

  void map(Node& node) {
    visit_children(node);
    StaticType key = StaticType::open(), element = StaticType::open();
    for (size_t i = 0; i < node.children.size(); i += 2) {
      key = cel::join(key, node.children[i]->type);
      element = cel::join(element, node.children[i + 1]->type);
      const StaticType& type = node.children[i]->type;
      constexpr Kind kKeys[] = {Kind::text, Kind::integer, Kind::natural, Kind::boolean};
      if (type.is_known() && std::none_of(std::begin(kKeys), std::end(kKeys), [&](Kind kind) { return type.is(kind); }))
        unfit(node, fmt::format("a key cannot be of type {}", type.name()), "write an int, uint, bool or string");
    }
    node.type = StaticType::map_of(key, element);
    node.can_fail = node.can_fail || node.children.size() > 2 || !key.is_known();
  }

  // Visits `child` with names that stand for values inside it.
  void visit_within(Node& node, size_t child, std::vector<Local> names) {
    const size_t before = locals_.size();
    if (node.local == Node::kNoPlace) node.local = static_cast<uint32_t>(before);
    for (Local& name : names) locals_.push_back(std::move(name));
    Node& inner = *node.children[child];
    visit(inner);
    locals_.resize(before);
    node.is_constant = node.is_constant && inner.is_constant;
    node.can_fail = node.can_fail || inner.can_fail;
    if (inner.lowest_local < before) node.lowest_local = std::min(node.lowest_local, inner.lowest_local);
  }

  void macro(Node& node) {
    node.is_constant = true;
    Node& range = *node.children[0];
    visit(range);
    take_from(node, range);
    if (!range.type.may_be(Kind::list) && !range.type.may_be(Kind::map))
      unfit(node, fmt::format("{}() goes over a list or a map, not {}", node.text, range.type.name()), "write a list");
    const bool pairs = !node.variables[1].empty();
    StaticType first = pairs ? key_type_of(range.type) : item_type_of(range.type);
    std::vector<Local> names = {{node.variables[0], std::move(first)}};
    if (pairs) names.push_back({node.variables[1], range.type.element_type()});
    const bool filters =
        node.macro != Macro::map && node.macro != Macro::map_values && node.macro != Macro::map_entries;
    for (size_t i = 1; i < node.children.size(); ++i) {
      visit_within(node, i, names);
      if (filters || i + 1 < node.children.size()) boolean(node, *node.children[i]);
    }
    node.can_fail = true;  // by its cost, if by nothing else
    macro_type(node, range.type, pairs ? StaticType::dyn() : names[0].type);
  }

  void macro_type(Node& node, const StaticType& range, const StaticType& item) const {
    const StaticType& made = node.children.back()->type;
    switch (node.macro) {
      case Macro::all:
      case Macro::exists:
      case Macro::exists_one: node.type = StaticType::of(Kind::boolean); return;
      case Macro::filter: node.type = StaticType::list_of(item); return;
      case Macro::map: node.type = StaticType::list_of(made); return;
      case Macro::map_values: node.type = StaticType::map_of(key_type_of(range), made); return;
      case Macro::map_entries:
        if (!made.may_be(Kind::map)) return unfit(node, "an entry is a map with one key", "write {key: value}");
        node.type = made.is(Kind::map) ? made : StaticType::map_of(StaticType::dyn(), StaticType::dyn());
        return;
    }
  }

  void bind(Node& node) {
    node.is_constant = true;
    node.can_fail = false;
    Node& value = *node.children[0];
    visit(value);
    take_from(node, value);
    visit_within(node, 1, {{node.variables[0], value.type}});
    node.type = node.children[1]->type;
  }

  const Lookup& lookup_;
  const bool strict_;
  std::vector<Local> locals_;
  std::string wanted_;  ///< the longest name that is being looked up
};

}  // namespace

void check(Node& root, const Lookup& lookup, bool strict) { Checker(lookup, strict).visit(root); }

}  // namespace nexpo::cel

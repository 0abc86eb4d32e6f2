#include "transformer/expression/emitter.hpp"

#include <algorithm>
#include <utility>

#include <re2/re2.h>

#include "transformer/expression/machine.hpp"
#include "transformer/expression/refusal.hpp"
#include "transformer/expression/signature.hpp"

namespace nexpo::cel {
namespace {

using Form = Node::Form;
using Operand = uint16_t;

// What computing the constant parts of one expression may cost in all.
constexpr int64_t kFoldCostMax = 1'000'000;
constexpr size_t kFoldHeapMax = 4 << 20;

class Emitter {
 public:
  Emitter(const EmitterOptions& options, const ExpressionLimits& limits, int64_t& fold_cost)
      : options_(options), limits_(limits), fold_cost_(fold_cost), loaded_(options.inputs) {}

  Program run(const Node& root, bool fold_root) {
    next_ = high_ = options_.inputs;
    program_.inputs = static_cast<uint16_t>(options_.inputs);
    top_ = fold_root ? nullptr : &root;
    program_.result = emit(root);
    program_.type = root.type;
    program_.can_fail = root.can_fail && (program_.result & kConstantBit) == 0;
    program_.registers = high_;
    return std::move(program_);
  }

 private:
  static constexpr uint32_t kAnywhere = ~uint32_t{0};

  // Emits what computes the node, and gives where its value is: in `into`, or anywhere if that is free to choose.
  Operand emit(const Node& node, uint32_t into = kAnywhere) {
    if (node.form == Form::literal) return placed(constant(literal(node)), into, node);
    if (node.is_type_name) return placed(constant(node.value), into, node);
    if (node.slot != Node::kNoPlace && node.form != Form::has) return placed(variable(node), into, node);
    if (node.form == Form::name) {
      if (node.local != Node::kNoPlace) return placed(locals_[node.local], into, node);
      return raise(FaultCode::unknown_name, node);
    }
    if (is_closed(node) && &node != top_) {
      if (const std::optional<Operand> folded = fold(node)) return placed(*folded, into, node);
    }
    const size_t before = next_;
    const Operand target = into == kAnywhere ? fresh(node) : static_cast<Operand>(into);
    compute(node, target);
    next_ = std::max(before, into == kAnywhere ? size_t{target} + 1 : before);
    return target;
  }

  void compute(const Node& node, Operand target) {
    switch (node.form) {
      case Form::member: return member(node, target, Op::index);
      case Form::has: return has(node, target);
      case Form::index: return put(Op::index, target, emit(*node.children[0]), emit(*node.children[1]), node);
      case Form::unary: return unary(node, target);
      case Form::binary: return binary(node, target);
      case Form::conditional: return conditional(node, target);
      case Form::all_of: return logical(node, target, true);
      case Form::any_of: return logical(node, target, false);
      case Form::call: return call(node, target);
      case Form::list: return gather(node, target, Op::make_list);
      case Form::map: return gather(node, target, Op::make_map);
      case Form::macro: return macro(node, target);
      case Form::bind: return bind(node, target);
      case Form::literal:
      case Form::name: return;  // emit() has dealt with them
    }
  }

  Operand placed(Operand value, uint32_t into, const Node& node) {
    if (into == kAnywhere || into == value) return value;
    put(Op::move, static_cast<Operand>(into), value, 0, node);
    return static_cast<Operand>(into);
  }

  Datum literal(const Node& node) {
    if (node.value.is(Kind::text)) return Datum::text(program_.texts.emplace_back(node.text));
    if (node.value.is(Kind::bytes)) return Datum::bytes(program_.texts.emplace_back(node.text));
    if (!node.value.is(Kind::real)) return node.value;
    const std::optional<Decimal38> exact = Decimal38::parse(node.text);
    return Datum::of(node.value.real.number, exact ? &program_.literals.emplace_back(*exact) : nullptr);
  }

  Operand constant(const Datum& value) {
    if (program_.constants.size() == kOperandsMax) refuse(1, "the expression has too many constants", "split it up");
    program_.constants.push_back(value);
    return static_cast<Operand>((program_.constants.size() - 1) | kConstantBit);
  }

  Operand variable(const Node& node) {
    if (options_.from_cells && !loaded_[node.slot]) {
      put(Op::load, static_cast<Operand>(node.slot), 0, 0, node);
      loaded_[node.slot] = true;
    }
    return static_cast<Operand>(node.slot);
  }

  Operand raise(FaultCode code, const Node& node) {
    program_.faults.push_back(code);
    put(Op::raise, 0, static_cast<Operand>(program_.faults.size() - 1), 0, node);
    return constant(Datum::null());
  }

  // The value of a part that depends on nothing from outside, or nothing if it fails or costs too much.
  std::optional<Operand> fold(const Node& node) {
    if (fold_cost_ <= 0) return std::nullopt;
    const Program part = Emitter({0, false}, limits_, fold_cost_).run(node, false);
    Run run;
    run.heap.set_limit(kFoldHeapMax);
    prepare(part, run);
    Datum value;
    const bool fine = evaluate(part, run, fold_cost_, value);
    fold_cost_ = run.cost_left - 1;
    if (!fine) return std::nullopt;
    return constant(program_.keep(value));
  }

  void member(const Node& node, Operand target, Op op) {
    const Operand container = emit(*node.children[0]);
    put(op, target, container, constant(Datum::text(program_.texts.emplace_back(node.text))), node);
  }

  void has(const Node& node, Operand target) {
    if (node.slot == Node::kNoPlace) return member(node, target, Op::has_key);
    // Where there are no cells, a variable that is there is set.
    if (!options_.from_cells) return put(Op::move, target, constant(Datum::of(true)), 0, node);
    put(Op::has_cell, target, static_cast<Operand>(node.slot), 0, node);
  }

  void unary(const Node& node, Operand target) {
    put(node.op == Operator::negate ? Op::negate : Op::invert, target, emit(*node.children[0]), 0, node);
  }

  void binary(const Node& node, Operand target) {
    const Operand left = emit(*node.children[0]);
    const Operand right = emit(*node.children[1]);
    const bool turned = node.op == Operator::greater || node.op == Operator::at_least;
    const StaticType &a = node.children[0]->type, &b = node.children[1]->type;
    const bool known = a.is_known() && b.is_known() && a.kind == b.kind;
    if (const std::optional<Op> typed = known ? typed_op(node.op, a.kind) : std::nullopt)
      return put(*typed, target, turned ? right : left, turned ? left : right, node);
    put(generic_op(node.op), target, left, right, node);
  }

  static Op generic_op(Operator op) {
    constexpr Op kOps[] = {Op::add,     Op::subtract, Op::multiply, Op::divide,  Op::modulo,   Op::equal,
                           Op::unequal, Op::less,     Op::at_most,  Op::greater, Op::at_least, Op::in};
    return kOps[static_cast<size_t>(op)];
  }

  // The instruction for operands of one known type. `a > b` becomes `b < a`.
  static std::optional<Op> typed_op(Operator op, Kind kind) {
    struct Row {
      Operator op{};
      std::optional<Op> integers, doubles, decimals;
    };
    constexpr Row kRows[] = {
        {Operator::add, Op::add_integers, Op::add_doubles, Op::add_decimals},
        {Operator::subtract, Op::subtract_integers, Op::subtract_doubles, Op::subtract_decimals},
        {Operator::multiply, Op::multiply_integers, Op::multiply_doubles, Op::multiply_decimals},
        {Operator::divide, std::nullopt, Op::divide_doubles, std::nullopt},
        {Operator::equal, Op::equal_integers, Op::equal_doubles, std::nullopt},
        {Operator::less, Op::less_integers, Op::less_doubles, std::nullopt},
        {Operator::greater, Op::less_integers, Op::less_doubles, std::nullopt},
        {Operator::at_most, Op::at_most_integers, Op::at_most_doubles, std::nullopt},
        {Operator::at_least, Op::at_most_integers, Op::at_most_doubles, std::nullopt},
    };
    for (const Row& row : kRows) {
      if (row.op != op) continue;
      return kind == Kind::integer   ? row.integers
             : kind == Kind::real    ? row.doubles
             : kind == Kind::decimal ? row.decimals
                                     : std::nullopt;
    }
    return std::nullopt;
  }

  void conditional(const Node& node, Operand target) {
    const size_t branch = jump(Op::jump_unless, emit(*node.children[0]), node);
    const std::vector<bool> before = loaded_;
    emit(*node.children[1], target);
    const size_t leave = jump(Op::jump, 0, node);
    loaded_ = before;
    land(branch);
    emit(*node.children[2], target);
    loaded_ = before;
    land(leave);
  }

  // a && b && c: a fault of one is held back until another decides.
  void logical(const Node& node, Operand target, bool all) {
    put(Op::move, target, constant(Datum::of(all)), 0, node);
    const std::vector<bool> before = loaded_;
    std::vector<size_t> decided;
    bool can_hold = false;
    for (const NodePtr& child : node.children) {
      decided.push_back(guarded_step(*child, target, all ? Op::all_step : Op::any_step));
      can_hold = can_hold || child->can_fail || !child->type.is(Kind::boolean);
      loaded_ = before;
    }
    if (can_hold) put(Op::raise_held, target, 0, 0, node);
    for (const size_t at : decided) land(at);
  }

  // Evaluates `child` and takes its value into `target`; a fault in it goes there too. Gives the jump of the decision.
  size_t guarded_step(const Node& child, Operand target, Op op) {
    const size_t begin = program_.code.size(), mark = next_;
    const Operand value = emit(child);
    next_ = mark;
    const size_t step = put_at(op, target, value, 0, child);
    if (step > begin)
      program_.handlers.push_back(
          {static_cast<uint16_t>(begin), static_cast<uint16_t>(step), static_cast<uint16_t>(step + 1), target});
    return step;
  }

  void call(const Node& node, Operand target) {
    if (!node.signature) {
      for (const NodePtr& child : node.children) emit(*child);
      raise(overloads_of(node.text).empty() ? FaultCode::unknown_function : FaultCode::no_overload, node);
      return;
    }
    if (node.text == "matches" && node.children[1]->form == Form::literal && node.children[1]->value.is(Kind::text))
      return match(node, target);
    const Operand first = gather_registers(node);
    program_.calls.push_back({node.signature->run, static_cast<uint32_t>(node.children.size())});
    if (program_.calls.size() > kInstructionsMax) too_long(node);
    put(Op::call, target, first, static_cast<Operand>(program_.calls.size() - 1), node);
  }

  void match(const Node& node, Operand target) {
    const Operand text = emit(*node.children[0]);
    auto pattern = std::make_unique<re2::RE2>(node.children[1]->text, RE2::Quiet);
    if (!pattern->ok())
      refuse(node.children[1]->column, fmt::format("the pattern is wrong: {}", pattern->error()), "write RE2 syntax");
    program_.patterns.push_back(std::move(pattern));
    put(Op::match, target, text, static_cast<Operand>(program_.patterns.size() - 1), node);
  }

  Operand gather_registers(const Node& node) {
    const auto first = static_cast<Operand>(next_);
    for (size_t i = 0; i < node.children.size(); ++i) fresh(node);
    for (size_t i = 0; i < node.children.size(); ++i) emit(*node.children[i], first + static_cast<uint32_t>(i));
    return first;
  }

  void gather(const Node& node, Operand target, Op op) {
    const Operand first = gather_registers(node);
    put(op, target, first, static_cast<Operand>(node.children.size()), node);
  }

  void macro(const Node& node, Operand target) {
    const bool pairs = !node.variables[1].empty();
    const Operand walk = fresh(node), position = fresh(node), item = fresh(node), other = fresh(node);
    static_cast<void>(position);
    put(Op::walk, walk, emit(*node.children[0]), 0, node);
    put(Op::move, target, constant(start_of(node.macro)), 0, node);
    locals_.resize(node.local);
    locals_.push_back(item);
    if (pairs) locals_.push_back(other);
    const std::vector<bool> before = loaded_;
    const auto loop = static_cast<Operand>(program_.code.size());
    const size_t next = put_at(pairs ? Op::next_pair : Op::next, walk, item, 0, node);
    std::vector<size_t> decided;
    step(node, target, item, decided, loop);
    put(Op::jump, 0, 0, loop, node);
    land(next);
    if (node.macro == Macro::all || node.macro == Macro::exists) put(Op::raise_held, target, 0, 0, node);
    if (node.macro == Macro::exists_one) put(Op::is_one, target, 0, 0, node);
    for (const size_t at : decided) land(at);
    loaded_ = before;
    locals_.resize(node.local);
  }

  static Datum start_of(Macro macro) {
    switch (macro) {
      case Macro::all: return Datum::of(true);
      case Macro::exists: return Datum::of(false);
      case Macro::exists_one: return Datum::of(int64_t{0});
      case Macro::map:
      case Macro::filter: return Datum::list(std::span<const Datum>());
      case Macro::map_values:
      case Macro::map_entries: break;
    }
    return Datum::map(std::span<const Entry>());
  }

  // What happens for one item. `decided` gets the jumps that leave the loop.
  void step(const Node& node, Operand target, Operand item, std::vector<size_t>& decided, Operand loop) {
    const Node& body = *node.children.back();
    const size_t mark = next_;
    if (node.macro == Macro::all || node.macro == Macro::exists) {
      decided.push_back(guarded_step(body, target, node.macro == Macro::all ? Op::all_step : Op::any_step));
      return;
    }
    if (node.macro == Macro::exists_one) {
      put(Op::count_step, target, emit(body), 0, node);
    } else if (node.macro == Macro::filter) {
      put(Op::jump_unless, 0, emit(body), loop, body);
      put(Op::push, target, item, 0, node);
    } else {
      if (node.children.size() == 3) put(Op::jump_unless, 0, emit(*node.children[1]), loop, *node.children[1]);
      const Operand made = emit(body);
      if (node.macro == Macro::map) put(Op::push, target, made, 0, node);
      if (node.macro == Macro::map_values) put(Op::put, target, item, made, node);
      if (node.macro == Macro::map_entries) put(Op::merge, target, made, 0, node);
    }
    next_ = mark;
  }

  void bind(const Node& node, Operand target) {
    const Operand value = fresh(node);
    emit(*node.children[0], value);
    locals_.resize(node.local);
    locals_.push_back(value);
    emit(*node.children[1], target);
    locals_.resize(node.local);
  }

  Operand fresh(const Node& node) {
    if (next_ >= kOperandsMax) too_long(node);
    high_ = std::max(high_, next_ + 1);
    return static_cast<Operand>(next_++);
  }
  size_t put_at(Op op, Operand a, Operand b, Operand c, const Node& node) {
    if (program_.code.size() >= kInstructionsMax) too_long(node);
    program_.code.push_back({op, a, b, c});
    program_.columns.push_back(node.column);
    return program_.code.size() - 1;
  }
  void put(Op op, Operand a, Operand b, Operand c, const Node& node) { put_at(op, a, b, c, node); }
  size_t jump(Op op, Operand b, const Node& node) { return put_at(op, 0, b, 0, node); }
  void land(size_t jump) { program_.code[jump].c = static_cast<Operand>(program_.code.size()); }
  [[noreturn]] static void too_long(const Node& node) {
    refuse(node.column, "the expression is too long", "split it up");
  }

  const EmitterOptions options_;
  const ExpressionLimits& limits_;
  int64_t& fold_cost_;
  Program program_;
  std::vector<bool> loaded_;     ///< inputs that are there for sure
  std::vector<Operand> locals_;  ///< registers of the names that macros bind
  const Node* top_ = nullptr;    ///< is not folded, because folding runs it
  size_t next_ = 0, high_ = 0;
};

}  // namespace

Program emit(const Node& root, const EmitterOptions& options, const ExpressionLimits& limits) {
  if (options.inputs >= kOperandsMax) refuse(1, "the expression has too many variables", "split it up");
  int64_t fold_cost = kFoldCostMax;
  return Emitter(options, limits, fold_cost).run(root, true);
}

}  // namespace nexpo::cel

#include "transformer/expression/machine.hpp"

#include <re2/re2.h>

#include "transformer/expression/access.hpp"
#include "transformer/expression/arithmetic.hpp"
#include "transformer/expression/cell.hpp"
#include "transformer/expression/comparison.hpp"

namespace nexpo::cel {
namespace {

// One evaluation. Every step gives false if it failed, and then the fault is in `run_`.
class Machine {
 public:
  Machine(const Program& program, Run& run)
      : program_(program), run_(run), registers_(run.registers.data()), constants_(program.constants.data()) {}

  bool run(Datum& out) {
    const Instruction* const code = program_.code.data();
    const size_t size = program_.code.size();
    while (at_ < size) {
      const Instruction& instruction = code[at_++];
      if (execute(instruction) && !run_.is_exhausted()) [[likely]]
        continue;
      if (!recover()) return false;
    }
    out = operand(program_.result);
    return true;
  }

 private:
  const Datum& operand(uint16_t number) const {
    return (number & kConstantBit) != 0 ? constants_[number & ~kConstantBit] : registers_[number];
  }

  Value cell(uint16_t input) const {
    const uint32_t slot = program_.cells[input];
    return slot < run_.cells.size() ? run_.cells[slot] : Value();
  }

  // Goes on where the innermost handler says. False if there is none, or nothing may hold the fault back.
  bool recover() {
    if (run_.is_exhausted()) run_.fail(FaultCode::too_costly);
    const size_t failed = at_ - 1;
    if (run_.fault.column == 0) run_.fault.column = program_.columns[failed];
    if (run_.fault.code == FaultCode::too_costly || run_.fault.code == FaultCode::too_much_data) return false;
    for (const Handler& handler : program_.handlers) {
      if (failed < handler.begin || failed >= handler.end) continue;
      registers_[handler.held] = Datum::failed(run_.fault);
      at_ = handler.target;
      return true;
    }
    return false;
  }

  bool execute(const Instruction& i) {
    Datum& a = registers_[i.a];
    const auto b = [&]() -> const Datum& { return operand(i.b); };
    const auto c = [&]() -> const Datum& { return operand(i.c); };
    switch (i.op) {
      case Op::add_doubles: a = Datum::of(b().real.number + c().real.number); return true;
      case Op::subtract_doubles: a = Datum::of(b().real.number - c().real.number); return true;
      case Op::multiply_doubles: a = Datum::of(b().real.number * c().real.number); return true;
      case Op::divide_doubles: a = Datum::of(b().real.number / c().real.number); return true;
      case Op::equal_doubles: a = Datum::of(b().real.number == c().real.number); return true;
      case Op::less_doubles: a = Datum::of(b().real.number < c().real.number); return true;
      case Op::at_most_doubles: a = Datum::of(b().real.number <= c().real.number); return true;
      case Op::add_integers: return add_integers(run_, b().integer, c().integer, a);
      case Op::subtract_integers: return subtract_integers(run_, b().integer, c().integer, a);
      case Op::multiply_integers: return multiply_integers(run_, b().integer, c().integer, a);
      case Op::equal_integers: a = Datum::of(b().integer == c().integer); return true;
      case Op::less_integers: a = Datum::of(b().integer < c().integer); return true;
      case Op::at_most_integers: a = Datum::of(b().integer <= c().integer); return true;
      case Op::add_decimals: return take_decimal(run_, b().decimal().plus(c().decimal()), a);
      case Op::subtract_decimals: return take_decimal(run_, b().decimal().minus(c().decimal()), a);
      case Op::multiply_decimals: return take_decimal(run_, b().decimal().times(c().decimal()), a);
      case Op::load: return a.is(Kind::none) ? datum_of_cell(run_, cell(i.a), a) : true;
      case Op::move: a = b(); return true;
      case Op::jump: at_ = i.c; return true;
      case Op::jump_unless: return jump_unless(b(), i.c);
      case Op::all_step: return logical_step(a, b(), i.c, false);
      case Op::any_step: return logical_step(a, b(), i.c, true);
      case Op::next: return next(i, false);
      case Op::next_pair: return next(i, true);
      default: return execute_general(i, a);
    }
  }

  bool execute_general(const Instruction& i, Datum& a) {
    Datum out;
    if (!compute(i, a, out)) return false;
    a = out;
    return true;
  }

  // Whatever makes one value of others; `a` may be one of them.
  bool compute(const Instruction& i, const Datum& a, Datum& out) {
    const auto b = [&]() -> const Datum& { return operand(i.b); };
    const auto c = [&]() -> const Datum& { return operand(i.c); };
    switch (i.op) {
      case Op::add: return add(run_, b(), c(), out);
      case Op::subtract: return subtract(run_, b(), c(), out);
      case Op::multiply: return multiply(run_, b(), c(), out);
      case Op::divide: return divide(run_, b(), c(), out);
      case Op::modulo: return modulo(run_, b(), c(), out);
      case Op::negate: return negate(run_, b(), out);
      case Op::invert: return invert(b(), out);
      case Op::equal: out = Datum::of(equal(run_, b(), c())); return true;
      case Op::unequal: out = Datum::of(!equal(run_, b(), c())); return true;
      case Op::less: return compare<Order::less, Order::less>(b(), c(), out);
      case Op::at_most: return compare<Order::less, Order::equal>(b(), c(), out);
      case Op::greater: return compare<Order::greater, Order::greater>(b(), c(), out);
      case Op::at_least: return compare<Order::greater, Order::equal>(b(), c(), out);
      case Op::in: return contains(run_, b(), c(), out);
      case Op::index: return index(run_, b(), c(), out);
      case Op::has_key: return has_member(run_, b(), c(), out);
      case Op::has_cell: out = Datum::of(!cell(i.b).is(ValueKind::unset)); return true;
      case Op::match: return match(b(), *program_.patterns[i.c], out);
      case Op::call: return call(i, out);
      case Op::make_list: return make_list(i, out);
      case Op::make_map: return make_map(i, out);
      case Op::walk: return walk(i, out);
      case Op::push: out = a; return push_item(run_, out, b());
      case Op::put: out = a; return push_entry(run_, out, b(), c());
      case Op::merge: return merge(a, b(), out);
      case Op::count_step: return count(a, b(), out);
      case Op::is_one: out = Datum::of(a.integer == 1); return true;
      case Op::raise: return run_.fail(program_.faults[i.b]);
      case Op::raise_held: return raise_held(a, out);
      default: return run_.fail(FaultCode::none);  // execute() knows all others
    }
  }

  bool jump_unless(const Datum& condition, uint16_t target) {
    if (!condition.is(Kind::boolean)) return unfit(condition);
    if (!condition.boolean) at_ = target;
    return true;
  }

  bool unfit(const Datum& value) {
    run_.fail(FaultCode::no_overload);
    run_.fault.left = value.kind;
    return false;
  }

  bool logical_step(Datum& a, const Datum& b, uint16_t target, bool deciding) {
    if (b.is(Kind::boolean)) {
      if (b.boolean != deciding) return true;
      a = b;
      at_ = target;
      return true;
    }
    a = Datum::failed({FaultCode::no_overload, program_.columns[at_ - 1], b.kind, Kind::none});
    return true;
  }

  bool raise_held(const Datum& a, Datum& out) {
    out = a;
    if (!a.is(Kind::fault)) return true;
    run_.fault = a.fault;
    return false;
  }

  bool invert(const Datum& b, Datum& out) {
    if (!b.is(Kind::boolean)) return unfit(b);
    out = Datum::of(!b.boolean);
    return true;
  }

  template <Order first, Order second>
  bool compare(const Datum& b, const Datum& c, Datum& out) {
    const Order found = order(b, c);
    if (found == Order::no_overload) return run_.no_overload(b, c);
    out = Datum::of(found == first || found == second);
    if (b.is(Kind::text) || b.is(Kind::bytes)) run_.charge_bytes(b.size < c.size ? b.size : c.size);
    return true;
  }

  bool match(const Datum& text, const re2::RE2& pattern, Datum& out) {
    if (!text.is(Kind::text)) return unfit(text);
    run_.charge_bytes(text.size);
    out = Datum::of(RE2::PartialMatch(re2::StringPiece(text.data, text.size), pattern));
    return true;
  }

  bool call(const Instruction& i, Datum& out) {
    const Call& called = program_.calls[i.c];
    return called.run(run_, {registers_ + i.b, called.arguments}, out);
  }

  bool make_list(const Instruction& i, Datum& out) {
    Datum* const items = run_.make<Datum>(i.c);
    if (!items) return false;
    std::copy_n(registers_ + i.b, i.c, items);
    out = Datum::list({items, i.c});
    return true;
  }

  bool make_map(const Instruction& i, Datum& out) {
    out = Datum::map(std::span<const Entry>());
    for (uint16_t at = 0; at < i.c; at = static_cast<uint16_t>(at + 2)) {
      if (!push_entry(run_, out, registers_[i.b + at], registers_[i.b + at + 1])) return false;
    }
    return true;
  }

  bool merge(const Datum& a, const Datum& b, Datum& out) {
    if (!b.is(Kind::map)) return unfit(b);
    out = a;
    for (const Entry& entry : b.map()) {
      if (!push_entry(run_, out, entry.key, entry.value)) return false;
    }
    return true;
  }

  bool count(const Datum& a, const Datum& b, Datum& out) {
    if (!b.is(Kind::boolean)) return unfit(b);
    out = Datum::of(a.integer + (b.boolean ? 1 : 0));
    return true;
  }

  bool walk(const Instruction& i, Datum& out) {
    out = operand(i.b);
    if (!out.is(Kind::list) && !out.is(Kind::map)) return unfit(out);
    registers_[i.a + 1] = Datum::of(int64_t{0});
    return true;
  }

  bool next(const Instruction& i, bool pairs) {
    const Datum& over = registers_[i.a];
    const auto position = static_cast<uint64_t>(registers_[i.a + 1].integer);
    if (position >= over.size) {
      at_ = i.c;
      return true;
    }
    run_.cost_left -= static_cast<int64_t>(i.c - at_ + 1);
    ++registers_[i.a + 1].integer;
    const bool map = over.is(Kind::map);
    if (pairs) {
      registers_[i.b + 1] = map ? over.entries[position].value : over.items[position];
      registers_[i.b] = map ? over.entries[position].key : Datum::of(static_cast<int64_t>(position));
    } else {
      registers_[i.b] = map ? over.entries[position].key : over.items[position];
    }
    return true;
  }

  const Program& program_;
  Run& run_;
  Datum* const registers_;
  const Datum* const constants_;
  size_t at_ = 0;
};

}  // namespace

void prepare(const Program& program, Run& run) {
  run.heap.reset();
  // One at least: an instruction that has no register of its own names the first.
  const size_t registers = program.registers + 1;
  if (run.registers.size() < registers) run.registers.resize(registers);
  for (size_t i = 0; i < program.inputs; ++i) run.registers[i].kind = Kind::none;
}

bool evaluate(const Program& program, Run& run, int64_t cost_max, Datum& out) {
  run.cost_left = cost_max - static_cast<int64_t>(program.code.size());
  return Machine(program, run).run(out);
}

}  // namespace nexpo::cel

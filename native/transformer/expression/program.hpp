// Program: an expression as instructions over registers.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "transformer/expression/run.hpp"
#include "transformer/expression/static_type.hpp"

namespace nexpo::cel {

/// `a` is a register, `b` and `c` are operands unless it says otherwise. Instructions with a type in their name do not
/// look at the types of their operands: the checker knows them.
enum class Op : uint8_t {
  load,         ///< a: the input of that register, from its cell, unless it is there already
  move,         ///< a = b
  raise,        ///< fails with fault b (a number)
  raise_held,   ///< fails with the fault in a, if there is one
  jump,         ///< to c
  jump_unless,  ///< to c if b is false; fails if it is no bool
  all_step,     ///< a holds the result so far; b false: a = false, to c. b no bool: a holds a fault
  any_step,     ///< b true: a = true, to c
  count_step,   ///< b true: a counts one more; fails if it is no bool
  is_one,       ///< a = (a == 1)
  walk,         ///< a, a + 1: walks over the list or the map b
  next,         ///< b (a register) = the item or the key at hand of walk a, or to c at its end
  next_pair,    ///< b, b + 1 (registers) = index and item, or key and value
  push,         ///< a gets the item b
  put,          ///< a gets the entry b: c
  merge,        ///< a gets the entries of the map b
  add,
  subtract,
  multiply,
  divide,
  modulo,
  negate,
  invert,
  equal,
  unequal,
  less,
  at_most,
  greater,
  at_least,
  in,
  add_integers,
  subtract_integers,
  multiply_integers,
  add_doubles,
  subtract_doubles,
  multiply_doubles,
  divide_doubles,
  add_decimals,
  subtract_decimals,
  multiply_decimals,
  equal_integers,
  less_integers,
  at_most_integers,
  equal_doubles,
  less_doubles,
  at_most_doubles,
  index,      ///< a = b[c]
  has_key,    ///< a = c in b, for has()
  has_cell,   ///< a = whether the cell of input b (a number) is set
  make_list,  ///< a = a list of c (a number) registers from b on
  make_map,   ///< a = a map of c (a number) registers from b on: key, value, ...
  call,       ///< a = call c (a number) with registers from b on
  match,      ///< a = b matches pattern c (a number)
};

/// An operand is the number of a register, or of a constant with this bit.
constexpr uint16_t kConstantBit = 0x8000;
constexpr size_t kOperandsMax = kConstantBit;
constexpr size_t kInstructionsMax = 0xFFFF;

struct Instruction {
  Op op{};
  uint16_t a = 0, b = 0, c = 0;
};

/// A fault in [begin, end) is put into a register, and the evaluation goes on at `target`. Inner ones come first.
struct Handler {
  uint16_t begin, end, target, held;
};

struct Call {
  Builtin run;
  uint32_t arguments;
};

struct Program {
  std::vector<Instruction> code;
  std::vector<uint32_t> columns;  ///< of each instruction
  std::vector<Datum> constants;
  std::vector<Handler> handlers;
  std::vector<Call> calls;
  std::vector<std::unique_ptr<re2::RE2>> patterns;
  std::vector<FaultCode> faults;
  uint16_t result = 0;               ///< an operand
  uint16_t inputs = 0;               ///< registers from 0 on that hold what comes from outside
  std::vector<uint32_t> cells = {};  ///< of each input, if they come from cells
  size_t registers = 0;
  StaticType type = {};
  bool can_fail = true;

  Program();
  ~Program();
  Program(Program&&) noexcept;
  Program& operator=(Program&&) noexcept;

  /// What constants point at.
  std::deque<std::string> texts;
  std::deque<Decimal38> literals;
  std::vector<std::unique_ptr<Datum[]>> lists;
  std::vector<std::unique_ptr<Entry[]>> maps;
  /// A copy of the value that lives as long as the program.
  Datum keep(const Datum& value);
};

}  // namespace nexpo::cel

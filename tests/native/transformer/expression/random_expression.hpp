// Random expressions by the grammar, most of them sound, some of them broken on purpose; and random cells for them.
#pragma once

#include <array>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "base/arena.hpp"
#include "record/value.hpp"
#include "transformer/expression/signature.hpp"

namespace nexpo::cel {

/// One seed, one row of expressions.
class RandomExpression {
 public:
  explicit RandomExpression(uint64_t seed) : random_(seed), functions_(signature_names()) {}

  size_t below(size_t count) { return std::uniform_int_distribution<size_t>(0, count - 1)(random_); }
  bool one_in(size_t count) { return below(count) == 0; }

  std::string text() {
    std::string made = any(static_cast<int>(below(6)));
    while (one_in(4)) mutate(made);
    return made;
  }

  static constexpr size_t kCells = 8;
  /// Cell 0 is `value`, the others are record.a to record.g.
  std::vector<Value> cells(Arena& arena) {
    std::vector<Value> row;
    for (size_t i = 0; i < kCells; ++i) row.push_back(cell(arena));
    return row;
  }

 private:
  template <size_t size>
  std::string pick(const std::array<std::string_view, size>& choices) {
    return std::string(choices[below(size)]);
  }

  std::string any(int depth) {
    if (depth <= 0) return leaf();
    switch (below(17)) {
      case 0: return leaf();
      case 1: return any(depth - 1) + pick(kBinary) + any(depth - 1);
      case 2: return "(" + any(depth - 1) + ")" + pick(kBinary) + "(" + any(depth - 1) + ")";
      case 3: return pick(std::array<std::string_view, 3>{"!", "-", "--"}) + any(depth - 1);
      case 4: return any(depth - 1) + (one_in(2) ? " && " : " || ") + any(depth - 1);
      case 5: return "(" + any(depth - 1) + " ? " + any(depth - 1) + " : " + any(depth - 1) + ")";
      case 6: return "[" + several(depth) + "]";
      case 7: return map(depth);
      case 8: return any(depth - 1) + "[" + any(depth - 1) + "]";
      case 9: return any(depth - 1) + "." + pick(std::array<std::string_view, 4>{"a", "b", "size", "x"});
      case 10:
      case 11: return call(depth);
      case 12: return macro(depth);
      case 13: return "has(" + any(depth - 1) + ".a)";
      default: return "dyn(" + any(depth - 1) + ")";
    }
  }

  std::string leaf() {
    switch (below(5)) {
      case 0: return pick(kNames);
      case 1: return pick(kNumbers);
      case 2: return pick(kTexts);
      case 3: return pick(kOthers);
      default: return std::to_string(static_cast<int64_t>(random_()) >> below(64));
    }
  }

  std::string several(int depth) {
    std::string made;
    for (size_t i = below(5); i > 0; --i) made += (made.empty() ? "" : ", ") + any(depth - 1);
    return made;
  }

  std::string map(int depth) {
    std::string made = "{";
    for (size_t i = below(4); i > 0; --i) {
      if (made.size() > 1) made += ", ";
      made += (one_in(3) ? any(depth - 1) : leaf()) + ": " + any(depth - 1);
    }
    return made + "}";
  }

  std::string call(int depth) {
    const std::string name(functions_[below(functions_.size())]);
    if (one_in(2) || name.find('.') != std::string::npos) return name + "(" + several(depth) + ")";
    return any(depth - 1) + "." + name + "(" + several(depth) + ")";
  }

  std::string macro(int depth) {
    const std::string name = pick(kMacros), variable = pick(std::array<std::string_view, 3>{"x", "y", "value"});
    std::string made = any(depth - 1) + "." + name + "(" + variable;
    if (one_in(4)) made += ", i";
    for (size_t i = one_in(4) ? 2 : 1; i > 0; --i) made += ", " + (one_in(3) ? variable : any(depth - 1));
    return one_in(8) ? "cel.bind(x, " + any(depth - 1) + ", " + made + "))" : made + ")";
  }

  void mutate(std::string& text) {
    if (text.empty()) return;
    const size_t at = below(text.size());
    switch (below(6)) {
      case 0: text.erase(at, below(4) + 1); return;
      case 1: text.insert(at, 1, static_cast<char>(random_())); return;
      case 2: text[at] = static_cast<char>(random_()); return;
      case 3: text.insert(at, text.substr(below(text.size()), below(20))); return;
      case 4: text.insert(at, pick(kPieces)); return;
      default: text.resize(at); return;
    }
  }

  Value cell(Arena& arena) {
    switch (below(6)) {
      case 0: return Value::text(arena.copy(pick(kCellTexts)));
      case 1: return Value::number(arena.copy(pick(kCellNumbers)));
      case 2: return Value::number(arena.copy(std::to_string(static_cast<int64_t>(random_()) >> below(64))));
      case 3: return Value::json(arena.copy(pick(kCellJson)));
      case 4: return Value::boolean(one_in(2));
      default: return one_in(2) ? Value::null() : Value();
    }
  }

  static constexpr std::array<std::string_view, 13> kBinary = {
      " + ", " - ", " * ", " / ", " % ", " == ", " != ", " < ", " > ", "<=", " >= ", " in ", "+"};
  static constexpr std::array<std::string_view, 11> kNames = {
      "value",    "record.a",   "record.b",    "record.c", "record.d",           "record.e",
      "record.f", "record.g.x", "record.g[1]", "x",        "record[\"odd key\"]"};
  static constexpr std::array<std::string_view, 24> kNumbers = {"0",
                                                                "1",
                                                                "2",
                                                                "3u",
                                                                "0u",
                                                                "1.5",
                                                                "0.1",
                                                                "-1.0",
                                                                "1e308",
                                                                "5e-324",
                                                                "9223372036854775807",
                                                                "-9223372036854775808",
                                                                "18446744073709551615u",
                                                                "0xFF",
                                                                "100",
                                                                "40",
                                                                "decimal(\"1.10\")",
                                                                "decimal(\"99999999999999999999999999999999999999\")",
                                                                "decimal(\"1e-38\")",
                                                                "decimal(\"-1E400\")",
                                                                "decimal(3)",
                                                                "double(\"NaN\")",
                                                                "double(\"-inf\")",
                                                                ".99"};
  static constexpr std::array<std::string_view, 14> kTexts = {
      "\"\"",  "'a'",  "\"b c\"",   "'\\u00e9t\\U0001F600'",  "r'\\d+'", "\"\"\"x\ny\"\"\"", "b'\\xff'",
      "'1.5'", "'12'", "'%s %.2f'", "'2024-02-29T12:30:00Z'", "'1h30m'", "'Europe/Berlin'",  "'[a-z]+('"};
  static constexpr std::array<std::string_view, 10> kOthers = {"true",
                                                               "false",
                                                               "null",
                                                               "int",
                                                               "google.protobuf.Duration",
                                                               "timestamp(0)",
                                                               "timestamp('9999-12-31T23:59:59Z')",
                                                               "duration('1s')",
                                                               "duration('-2562047h')",
                                                               "b''"};
  static constexpr std::array<std::string_view, 10> kMacros = {
      "all",           "exists",       "exists_one",        "map",       "filter",
      "transformList", "transformMap", "transformMapEntry", "existsOne", "bind"};
  static constexpr std::array<std::string_view, 16> kPieces = {"(",  ")",  "[",  "]", "{", "}",     "'",     "\"\"\"",
                                                               "\\", "//", "..", "?", ":", "`a b`", "\\u12", "1e"};
  static constexpr std::array<std::string_view, 8> kCellTexts = {
      "", "Ada", "\u00e9\u00e8 \U0001F600", "12", "1.50", "2024-01-02T03:04:05.678+01:00", "a,b,,c", "   x "};
  static constexpr std::array<std::string_view, 12> kCellNumbers = {"0",
                                                                    "-0",
                                                                    "1.10",
                                                                    "1E7",
                                                                    "1e-40",
                                                                    "1e400",
                                                                    "1e-9999",
                                                                    "123456789012345678901234567890.12345678",
                                                                    "99999999999999999999999999999999999999",
                                                                    "123456789012345678901234567890123456789012",
                                                                    "0.000",
                                                                    "-3"};
  static constexpr std::array<std::string_view, 8> kCellJson = {"[]",
                                                                "{}",
                                                                "[1,2,3]",
                                                                "[\"a\",\"\\u00e9\",null,true]",
                                                                R"({"a":1,"b":{"x":[1.5,2]},"a":2})",
                                                                "[[[[]]],{\"x\":{}}]",
                                                                R"([{"sku":"a","n":1},{"sku":"b","n":2.50}])",
                                                                "[1e400]"};

  std::mt19937_64 random_;
  std::vector<std::string_view> functions_;
};

}  // namespace nexpo::cel

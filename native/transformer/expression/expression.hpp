// Expression: a text in a subset of CEL (Common Expression Language), compiled once, evaluated over the cells of a row.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/arena.hpp"
#include "record/schema.hpp"
#include "record/value.hpp"

namespace nexpo {

/// What an expression may cost. The defaults are ample for a mapping and keep any text harmless.
struct ExpressionLimits {
  size_t text_bytes_max = 100'000;
  int nesting_max = 128;          ///< of operators, calls and brackets
  int64_t cost_max = 10'000'000;  ///< per evaluation: one per instruction, per item a macro visits, per 16 bytes read
  size_t heap_bytes_max = 16 << 20;  ///< of lists, maps and texts that one evaluation makes
};

/// What evaluating needs to keep between rows. One per thread; serves any number of expressions.
class ExpressionScratch {
 public:
  ExpressionScratch();
  ~ExpressionScratch();
  ExpressionScratch(ExpressionScratch&&) noexcept;
  ExpressionScratch& operator=(ExpressionScratch&&) noexcept;

  std::string fault;  ///< why evaluate() gave false: "divides by zero (column 12)". Quotes no value

  struct State;
  State& state() { return *state_; }

 private:
  std::unique_ptr<State> state_;
};

/// Immutable once compiled, and then thread-safe. Its language: docs/mapping.md, "Expressions".
class Expression {
 public:
  /// Gives the slot of a dotted name ("record.Owner.Name", "value"), or nothing: then compiling reports the name. Of
  /// `a.b.c` the longest part that has a slot is a cell, what follows are members of its value. Steps in brackets are
  /// spelt as in a path: `record.lines[0].sku`, `record."odd.key"`.
  using Resolve = std::function<std::optional<uint32_t>(std::string_view name)>;

  /// Throws Error{invalid}: what is wrong, where (column), and the fix.
  static Expression compile(std::string_view text, const Resolve& resolve, ExpressionLimits limits = {});

  ~Expression();
  Expression(Expression&&) noexcept;
  Expression& operator=(Expression&&) noexcept;

  /// False only if it gives a value whatever the cells hold.
  bool can_fail() const;
  /// Of the result, if it is known.
  std::optional<FieldType> type() const;

  /// Cells by slot: text, boolean and json become string, bool, and list or map; a number becomes a decimal; null and
  /// unset become null (has() tells them apart). The result: a decimal, int, uint or double is a number, a string is
  /// text, bytes are text in base64, a timestamp is text in ISO 8601, a duration is text ("1.5s"), a list or map is
  /// json. Views of it live in `arena` or in the cells.
  /// False: it failed or reached a limit; `scratch.fault` says why.
  bool evaluate(std::span<const Value> cells, Arena& arena, ExpressionScratch& scratch, Value& result) const;

  struct Compiled;

 private:
  explicit Expression(std::unique_ptr<const Compiled> compiled);
  std::unique_ptr<const Compiled> compiled_;
};

}  // namespace nexpo

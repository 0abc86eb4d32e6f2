#include "transformer/expression/expression.hpp"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "transformer/expression/cell.hpp"
#include "transformer/expression/checker.hpp"
#include "transformer/expression/emitter.hpp"
#include "transformer/expression/fault.hpp"
#include "transformer/expression/machine.hpp"
#include "transformer/expression/parser.hpp"

namespace nexpo {
namespace {

std::optional<FieldType> field_type_of(const cel::StaticType& type) {
  if (!type.is_known()) return std::nullopt;
  switch (type.kind) {
    case cel::Kind::boolean: return FieldType::boolean;
    case cel::Kind::integer:
    case cel::Kind::natural: return FieldType::integer;
    case cel::Kind::real:
    case cel::Kind::decimal: return FieldType::number;
    case cel::Kind::instant: return FieldType::datetime;
    case cel::Kind::list:
    case cel::Kind::map: return FieldType::json;
    case cel::Kind::null: return std::nullopt;
    default: return FieldType::text;
  }
}

// Whether a value of this type may be one that no cell can hold: doubles that are no numbers, alone or in lists.
bool may_be_no_cell(const cel::StaticType& type) {
  return !type.is_known() || type.is(cel::Kind::real) || type.is(cel::Kind::list) || type.is(cel::Kind::map);
}

bool may_fail(const cel::Program& program) {
  if ((program.result & cel::kConstantBit) == 0 || !program.code.empty())
    return program.can_fail || may_be_no_cell(program.type);
  cel::Run run;
  run.cost_left = std::numeric_limits<int64_t>::max();
  Arena arena;
  Value cell;
  return !cel::cell_of_datum(run, program.constants[program.result & ~cel::kConstantBit], arena, cell);
}

}  // namespace

struct ExpressionScratch::State {
  cel::Run run;
};

ExpressionScratch::ExpressionScratch() : state_(std::make_unique<State>()) {}
ExpressionScratch::~ExpressionScratch() = default;
ExpressionScratch::ExpressionScratch(ExpressionScratch&&) noexcept = default;
ExpressionScratch& ExpressionScratch::operator=(ExpressionScratch&&) noexcept = default;

struct Expression::Compiled {
  cel::Program program;
  ExpressionLimits limits;
  bool can_fail = true;
};

Expression::Expression(std::unique_ptr<const Compiled> compiled) : compiled_(std::move(compiled)) {}
Expression::~Expression() = default;
Expression::Expression(Expression&&) noexcept = default;
Expression& Expression::operator=(Expression&&) noexcept = default;

Expression Expression::compile(std::string_view text, const Resolve& resolve, ExpressionLimits limits) {
  const cel::NodePtr root = cel::parse(text, limits);
  std::vector<uint32_t> cells;  // by input: only what the expression reads has a register
  const cel::Lookup lookup = [&](std::string_view name) -> std::optional<cel::Variable> {
    const std::optional<uint32_t> slot = resolve(name);
    if (!slot) return std::nullopt;
    const auto known = std::find(cells.begin(), cells.end(), *slot);
    const auto input = static_cast<uint32_t>(known - cells.begin());
    if (known == cells.end()) cells.push_back(*slot);
    return cel::Variable{input, cel::StaticType::dyn()};
  };
  cel::check(*root, lookup, true);
  auto compiled = std::make_unique<Compiled>();
  compiled->program = cel::emit(*root, {static_cast<uint32_t>(cells.size()), true}, limits);
  compiled->program.cells = std::move(cells);
  compiled->limits = limits;
  compiled->can_fail = may_fail(compiled->program);
  return Expression(std::move(compiled));
}

bool Expression::can_fail() const { return compiled_->can_fail; }
std::optional<FieldType> Expression::type() const { return field_type_of(compiled_->program.type); }

bool Expression::evaluate(std::span<const Value> cells, Arena& arena, ExpressionScratch& scratch, Value& result) const {
  cel::Run& run = scratch.state().run;
  run.heap.set_limit(compiled_->limits.heap_bytes_max);
  run.cells = cells;
  run.arena = &arena;
  cel::prepare(compiled_->program, run);
  cel::Datum value;
  if (cel::evaluate(compiled_->program, run, compiled_->limits.cost_max, value) &&
      cel::cell_of_datum(run, value, arena, result))
    return true;
  scratch.fault = cel::text_of(run.fault);
  return false;
}

}  // namespace nexpo

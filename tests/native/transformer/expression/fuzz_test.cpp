// Random expressions over random cells, broken ones among them. What must hold of every one: no crash and no undefined
// behaviour (the sanitizers watch), an Error or a value, the same one each time, of the type that was foretold, and
// none that fails although it was foretold not to. The seed of a fault is printed; DATA_SYNC_SEED replays it.
//
//   npm run fuzz -- expression --minutes 60
#include <chrono>
#include <cstdlib>
#include <iostream>

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "record/json_escape.hpp"
#include "record/json_tokens.hpp"
#include "record/utf8.hpp"
#include "transformer/expression/cell.hpp"
#include "transformer/expression/checker.hpp"
#include "transformer/expression/emitter.hpp"
#include "transformer/expression/expression.hpp"
#include "transformer/expression/machine.hpp"
#include "transformer/expression/parser.hpp"
#include "transformer/expression/random_expression.hpp"

namespace nexpo::cel {
namespace {

#if defined(__SANITIZE_ADDRESS__)
constexpr uint64_t kRoundsInCi = 100'000;  // about a minute
#else
constexpr uint64_t kRoundsInCi = 20'000;  // the sanitizers are who sees most
#endif
constexpr size_t kRowsPerExpression = 3;

ExpressionLimits small_limits() {
  ExpressionLimits limits;
  limits.cost_max = 100'000;
  limits.heap_bytes_max = 1 << 20;
  return limits;
}

std::optional<uint32_t> slot_of(std::string_view name) {
  if (name == "value") return 0;
  if (!name.starts_with("record.") || name.size() < 8) return std::nullopt;
  return 1 + static_cast<uint32_t>(static_cast<unsigned char>(name[7])) % (RandomExpression::kCells - 1);
}

bool is_json(std::string_view text) {
  JsonTokens tokens;
  tokens.read(text);
  JsonCursor cursor(text, tokens);
  return cursor.take_raw() == text && cursor.at_end();
}

bool is_sound(const Value& value) {
  switch (value.kind()) {
    case ValueKind::number: return is_json_number(value.view());
    case ValueKind::text: return is_utf8(value.view());
    case ValueKind::json: return is_json(value.view());
    case ValueKind::boolean: return value.view() == "true" || value.view() == "false";
    default: return true;
  }
}

bool fits(FieldType type, const Value& value) {
  switch (type) {
    case FieldType::boolean: return value.is(ValueKind::boolean);
    case FieldType::integer:
    case FieldType::number: return value.is(ValueKind::number);
    case FieldType::json: return value.is(ValueKind::json);
    default: return value.is(ValueKind::text);
  }
}

// What is wrong with the expression's answers, or "".
std::string fault_of(const Expression& expression, RandomExpression& random, ExpressionScratch& scratch) {
  for (size_t i = 0; i < kRowsPerExpression; ++i) {
    Arena arena;
    const std::vector<Value> cells = random.cells(arena);
    Value first, second;
    const bool fine = expression.evaluate(cells, arena, scratch, first);
    const std::string fault = fine ? "" : scratch.fault;
    if (!fine && !expression.can_fail()) return "failed, although it cannot: " + fault;
    if (expression.evaluate(cells, arena, scratch, second) != fine) return "failed once of two times: " + scratch.fault;
    if (!fine) continue;
    if (!is_sound(first)) return "gave a broken value";
    if (!(first == second)) return "gave two values";
    if (expression.type() && !fits(*expression.type(), first)) return "gave a value of another type";
  }
  return "";
}

// Without a type check every operator meets every type: it has to fail there, not to break.
void run_unchecked(const std::string& text, RandomExpression& random, Run& run) {
  const ExpressionLimits limits = small_limits();
  std::vector<uint32_t> cells;
  const Lookup lookup = [&](std::string_view name) -> std::optional<Variable> {
    const std::optional<uint32_t> slot = slot_of(name);
    if (!slot) return std::nullopt;
    cells.push_back(*slot);
    return Variable{static_cast<uint32_t>(cells.size() - 1)};
  };
  const NodePtr root = parse(text, limits);
  check(*root, lookup, false);
  Program program = emit(*root, {static_cast<uint32_t>(cells.size()), true}, limits);
  program.cells = cells;
  Arena arena;
  const std::vector<Value> row = random.cells(arena);
  run.heap.set_limit(limits.heap_bytes_max);
  run.cells = row;
  run.arena = &arena;
  prepare(program, run);
  Datum value;
  Value cell;
  const bool fine = evaluate(program, run, limits.cost_max, value) && cell_of_datum(run, value, arena, cell);
  EXPECT_TRUE(!fine || is_sound(cell)) << text;
}

// True if the text compiled.
bool run_round(uint64_t seed, ExpressionScratch& scratch, Run& run) {
  RandomExpression random(seed);
  const std::string text = random.text();
  std::optional<Expression> expression;
  try {
    run_unchecked(text, random, run);
    expression = Expression::compile(text, slot_of, small_limits());
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::invalid) << "seed " << seed << ": " << text;
    return false;
  }
  const std::string fault = fault_of(*expression, random, scratch);
  EXPECT_EQ(fault, "") << "seed " << seed << ": " << text;
  return true;
}

uint64_t number_from(const char* name, uint64_t otherwise) {
  const char* const text = std::getenv(name);
  return text ? std::strtoull(text, nullptr, 10) : otherwise;
}

TEST(ExpressionFuzz, NothingBreaksOnAnyText) {
  const uint64_t minutes = number_from("DATA_SYNC_FUZZ_MINUTES", 0);
  const uint64_t from = number_from("DATA_SYNC_SEED", 1);
  const uint64_t rounds = std::getenv("DATA_SYNC_SEED") && minutes == 0 ? 1 : kRoundsInCi;
  const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(minutes);
  ExpressionScratch scratch;
  cel::Run run;
  uint64_t compiled = 0, done = 0;
  while (minutes > 0 ? std::chrono::steady_clock::now() < end : done < rounds) {
    compiled += run_round(from + done++, scratch, run) ? 1 : 0;
    if (::testing::Test::HasFailure()) break;
  }
  std::cout << done << " expressions from seed " << from << ", " << compiled << " of them compiled\n";
  constexpr uint64_t kTelling = 1'000;
  EXPECT_TRUE(done < kTelling || compiled > done / 50) << "hardly any expression is sound";
}

}  // namespace
}  // namespace nexpo::cel

// B12: expressions, compiled once and evaluated row by row on one core, with their cost limit on.
//
//   bench_expression
//
// Prints one line of JSON per case: doubles and decimals that are typed, and decimals out of the cells of records into
// cells again. What comes out is compared with the same computation in C++ before anything is timed.
#include <algorithm>
#include <array>
#include <cstdio>
#include <iostream>
#include <stdexcept>
#include <vector>

#include <fmt/format.h>

#include "rates.hpp"
#include "transformer/expression/checker.hpp"
#include "transformer/expression/emitter.hpp"
#include "transformer/expression/expression.hpp"
#include "transformer/expression/machine.hpp"
#include "transformer/expression/parser.hpp"

namespace {

using namespace nexpo;

constexpr size_t kRows = 1'000;
constexpr size_t kRounds = 5'000;
constexpr int kRepetitions = 5;
constexpr std::array<std::string_view, 3> kNames = {"price", "fee", "discount"};
constexpr std::string_view kDoubleText = "price * 1.19 + fee / 3.0 - discount";
constexpr std::string_view kDecimalText = "price * 1.19 + fee - discount";

double price_of(size_t row) { return static_cast<double>(row % 977) + 0.25; }
double fee_of(size_t row) { return static_cast<double>(row % 31) + 0.5; }
double discount_of(size_t row) { return static_cast<double>(row % 13) + 0.75; }

cel::Program compile(std::string_view text, cel::Kind kind) {
  const ExpressionLimits limits;
  const cel::NodePtr root = cel::parse(text, limits);
  const cel::Lookup lookup = [&](std::string_view name) -> std::optional<cel::Variable> {
    const auto* const found = std::find(kNames.begin(), kNames.end(), name);
    if (found == kNames.end()) return std::nullopt;
    return cel::Variable{static_cast<uint32_t>(found - kNames.begin()), cel::StaticType::of(kind)};
  };
  cel::check(*root, lookup, true);
  return cel::emit(*root, {kNames.size(), false}, limits);
}

template <class Run>
void measure(const char* name, Run run) {
  const Rates rates = cpu_rates(kRepetitions, kRows * kRounds, [&run] {
    for (size_t round = 0; round < kRounds; ++round) run();
  });
  fmt::print("{{\"case\":\"{}\",\"evaluationsPerCpuSecond\":{:.0f},\"min\":{:.0f},\"max\":{:.0f}}}\n", name,
             rates.median, rates.min, rates.max);
  std::fflush(stdout);
}

void check_equal(double got, double wanted) {
  if (got != wanted) throw std::runtime_error(fmt::format("{} is not {}", got, wanted));
}

class TypedRows {
 public:
  TypedRows(std::string_view text, cel::Kind kind) : program_(compile(text, kind)) {
    for (size_t row = 0; row < kRows; ++row) {
      for (const double number : {price_of(row), fee_of(row), discount_of(row)})
        inputs_.push_back(kind == cel::Kind::real ? cel::Datum::of(number)
                                                  : cel::Datum::of(*cel::Decimal38::of(number)));
    }
    run_.heap.set_limit(ExpressionLimits().heap_bytes_max);
  }
  template <class Take>
  void evaluate_all(Take take) {
    for (size_t row = 0; row < kRows; ++row) {
      cel::prepare(program_, run_);
      std::copy_n(inputs_.data() + row * kNames.size(), kNames.size(), run_.registers.data());
      cel::Datum value;
      if (!cel::evaluate(program_, run_, cost_max_, value)) throw std::runtime_error("an evaluation failed");
      take(row, value);
    }
  }

 private:
  const int64_t cost_max_ = ExpressionLimits().cost_max;
  cel::Program program_;
  std::vector<cel::Datum> inputs_;
  cel::Run run_;
};

class CellRows {
 public:
  CellRows() : expression_(Expression::compile(kDecimalText, slot_of)) {
    for (size_t row = 0; row < kRows; ++row) {
      for (const double number : {price_of(row), fee_of(row), discount_of(row)})
        cells_.push_back(Value::number(memory_.copy(fmt::format("{}", number))));
    }
  }
  template <class Take>
  void evaluate_all(Take take) {
    Arena page;
    for (size_t row = 0; row < kRows; ++row) {
      Value value;
      if (!expression_.evaluate({cells_.data() + row * kNames.size(), kNames.size()}, page, scratch_, value))
        throw std::runtime_error(scratch_.fault);
      take(row, value);
    }
  }

 private:
  static std::optional<uint32_t> slot_of(std::string_view name) {
    const auto* const found = std::find(kNames.begin(), kNames.end(), name);
    return found == kNames.end() ? std::nullopt : std::optional(static_cast<uint32_t>(found - kNames.begin()));
  }

  Arena memory_;
  std::vector<Value> cells_;
  Expression expression_;
  ExpressionScratch scratch_;
};

void run() {
  TypedRows doubles(kDoubleText, cel::Kind::real), decimals(kDecimalText, cel::Kind::decimal);
  CellRows cells;
  const auto exact = [](size_t row) {  // in hundredths of hundredths: no rounding on the way
    return (price_of(row) * 100 * 119 + fee_of(row) * 10'000 - discount_of(row) * 10'000) / 10'000;
  };
  doubles.evaluate_all([](size_t row, const cel::Datum& value) {
    check_equal(value.real.number, price_of(row) * 1.19 + fee_of(row) / 3.0 - discount_of(row));
  });
  decimals.evaluate_all(
      [&](size_t row, const cel::Datum& value) { check_equal(value.decimal().to_double(), exact(row)); });
  cells.evaluate_all([&](size_t row, const Value& value) {
    check_equal(cel::Decimal38::parse(value.view())->to_double(), exact(row));
  });

  double digest = 0;
  measure("double",
          [&] { doubles.evaluate_all([&](size_t, const cel::Datum& value) { digest += value.real.number; }); });
  measure("decimal", [&] {
    decimals.evaluate_all([&](size_t, const cel::Datum& value) { digest += static_cast<double>(value.scale); });
  });
  measure("decimal, cells to cells", [&] {
    cells.evaluate_all([&](size_t, const Value& value) { digest += static_cast<double>(value.view().size()); });
  });
  fmt::print(stderr, "digest {}\n", digest);
}

}  // namespace

int main() {
  try {
    run();
  } catch (const std::exception& error) {
    std::cerr << "bench_expression: " << error.what() << '\n';
    return 1;
  }
  return 0;
}

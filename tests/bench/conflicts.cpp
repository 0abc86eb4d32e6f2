// B11: conflict decisions. What becomes of the fields of pairs that changed, on one core.
//
//   bench_conflicts
//
// Pairs of 25 fields with a rule here and there and two groups, decided by last_write_wins otherwise. Three pairs in
// ten were edited on both sides, the others on one. Prints one line of JSON per case: the decision alone, and the
// decision with what the store keeps of the pair unpacked before and packed again after it. Every verdict is compared
// with what the edits that made the pair call for before anything is timed.
#include <array>
#include <cstdio>
#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "rates.hpp"
#include "sync/conflict/pair_state.hpp"
#include "sync/conflict/reconcile.hpp"

namespace {

using namespace nexpo;

constexpr size_t kPairs = 1'000;
constexpr size_t kFields = 25;
constexpr size_t kRounds = 1'000;
constexpr int kRepetitions = 5;
constexpr const char* kRules = R"({
  "rules": {"f0": {"rule": "max"}, "f1": {"rule": "counter"}, "f2": {"rule": "union"},
            "f3": {"rule": "authority", "side": "target"}, "f4": {"rule": "coalesce"}},
  "groups": [["f10", "f11"], ["f20", "f21", "f22"]]})";

Shape make_shape() {
  std::vector<std::string> names;
  for (size_t field = 0; field < kFields; ++field) names.push_back(fmt::format("f{}", field));
  return std::make_shared<const std::vector<std::string>>(std::move(names));
}

/// The value of a field: numbers where a rule counts, lists where one unites, texts elsewhere.
Value value_of(Arena& memory, size_t pair, size_t field, size_t edit) {
  if (field <= 1) return Value::number(memory.copy(fmt::format("{}.25", pair % 977 + edit * 10)));
  if (field == 2) return Value::text(memory.copy(edit == 0 ? "red;green" : fmt::format("red;green;new {}", edit)));
  return Value::text(memory.copy(fmt::format("value {} of {} as of {}", field, pair % 977, edit)));
}

struct EditedPair {
  std::vector<Value> base, source, target;
  std::vector<Take> expected;
  Time source_at{}, target_at{};
};

class EditedPairs {
 public:
  EditedPairs() : known_(kFields, 1) {
    for (size_t pair = 0; pair < kPairs; ++pair) pairs_.push_back(make(pair));
  }

  const std::vector<EditedPair>& pairs() const { return pairs_; }
  PairCells cells_of(const EditedPair& pair) const {
    return {pair.base, pair.base, pair.base, known_, pair.source, pair.target, pair.source_at, pair.target_at};
  }

 private:
  /// One edit a pair on one side, or one on each: of the same field in two cases of three.
  EditedPair make(size_t number) {
    EditedPair pair;
    for (size_t field = 0; field < kFields; ++field)  // equal bytes, each in a place of its own, as they are read
      for (std::vector<Value>* side : {&pair.base, &pair.source, &pair.target})
        side->push_back(value_of(memory_, number, field, 0));
    pair.expected.assign(kFields, Take::nothing);
    const bool source_is_later = number % 2 == 0;
    pair.source_at = Time(std::chrono::hours(source_is_later ? 2 : 1));
    pair.target_at = Time(std::chrono::hours(source_is_later ? 1 : 2));
    const size_t one = number % kFields;
    if (number % 10 >= 3) {  // seven in ten: one side only
      edit(source_is_later ? pair.source : pair.target, number, one, 1);
      pair.expected[one] = source_is_later ? Take::source : Take::target;
      return pair;
    }
    const size_t other = number / 10 % 3 == 0 ? (one + 1) % kFields : one;
    edit(pair.source, number, one, 1);
    edit(pair.target, number, other, 2);
    expect_of_two(pair, one, other, source_is_later ? Take::source : Take::target);
    return pair;
  }

  void edit(std::vector<Value>& side, size_t number, size_t field, size_t edit) {
    side[field] = value_of(memory_, number, field, edit);
  }

  static int group_of(size_t field) { return field == 10 || field == 11 ? 0 : field >= 20 && field <= 22 ? 1 : -1; }

  static void expect_of_two(EditedPair& pair, size_t one, size_t other, Take later) {
    if (one != other) {
      const bool grouped = group_of(one) >= 0 && group_of(one) == group_of(other);
      pair.expected[one] = grouped ? later : Take::source;
      pair.expected[other] = grouped ? later : Take::target;
      return;
    }
    switch (one) {
      case 0: pair.expected[one] = Take::target; break;  // the greater one
      case 1:                                            // both differences
      case 2: pair.expected[one] = Take::merged; break;  // what either added
      case 3: pair.expected[one] = Take::target; break;  // its authority
      case 4: pair.expected[one] = Take::source; break;  // the first that is not blank
      default: pair.expected[one] = later;
    }
  }

  Arena memory_;
  std::vector<uint8_t> known_;
  std::vector<EditedPair> pairs_;
};

/// Decides every pair; `take` gets the verdicts.
template <class Take>
void decide_all(const ReconcileRules& rules, const EditedPairs& edited, Take take) {
  std::array<FieldVerdict, kFields> verdicts;
  Arena page;
  MergeScratch scratch{page};
  for (const EditedPair& pair : edited.pairs()) {
    reconcile(rules, edited.cells_of(pair), scratch, verdicts);
    take(pair, verdicts);
  }
}

/// The same from the bytes that the store keeps, to the bytes it will keep.
class KeptPairs {
 public:
  KeptPairs(const EditedPairs& edited, const Shape& shape) : edited_(edited), fields_(shape) {
    PairState state;
    for (const EditedPair& pair : edited.pairs()) {
      state.clear(kFields);
      state.base = state.source_shadow = state.target_shadow = pair.base;
      state.known.assign(kFields, 1);
      kept_.push_back(state.encode(fields_));
    }
  }

  size_t decide_all(const ReconcileRules& rules) {
    std::array<FieldVerdict, kFields> verdicts;
    Arena page;
    MergeScratch scratch{page};
    size_t bytes = 0;
    for (size_t at = 0; at < kept_.size(); ++at) {
      const EditedPair& pair = edited_.pairs()[at];
      state_.decode(kept_[at], fields_);
      reconcile(rules,
                {state_.base, state_.source_shadow, state_.target_shadow, state_.known, pair.source, pair.target,
                 pair.source_at, pair.target_at},
                scratch, verdicts);
      for (size_t slot = 0; slot < kFields; ++slot) agree(pair, verdicts[slot], slot);
      bytes += state_.encode(fields_).size();
    }
    return bytes;
  }

 private:
  void agree(const EditedPair& pair, const FieldVerdict& verdict, size_t slot) {
    const Value value = verdict.take == Take::source   ? pair.source[slot]
                        : verdict.take == Take::target ? pair.target[slot]
                        : verdict.take == Take::merged ? verdict.value
                                                       : state_.base[slot];
    state_.base[slot] = state_.source_shadow[slot] = state_.target_shadow[slot] = value;
  }

  const EditedPairs& edited_;
  PairState::Fields fields_;
  std::vector<std::string> kept_;
  PairState state_;
};

template <class Run>
void measure(const char* name, size_t rounds, Run run) {
  const Rates rates = cpu_rates(kRepetitions, kPairs * rounds, [&] {
    for (size_t round = 0; round < rounds; ++round) run();
  });
  fmt::print("{{\"case\":\"{}\",\"pairsPerCpuSecond\":{:.0f},\"min\":{:.0f},\"max\":{:.0f}}}\n", name, rates.median,
             rates.min, rates.max);
  std::fflush(stdout);
}

void check_verdicts(const EditedPair& pair, std::span<const FieldVerdict> verdicts) {
  for (size_t slot = 0; slot < kFields; ++slot)
    if (verdicts[slot].take != pair.expected[slot])
      throw std::runtime_error(fmt::format("field {} takes {} instead of {}", slot,
                                           static_cast<int>(verdicts[slot].take),
                                           static_cast<int>(pair.expected[slot])));
}

void run() {
  const Shape shape = make_shape();
  const ReconcileRules rules =
      ReconcileRules::parse(nlohmann::json::parse(kRules), Strategy::last_write_wins, shape, "conflicts");
  const EditedPairs edited;
  KeptPairs kept(edited, shape);
  decide_all(rules, edited, check_verdicts);

  size_t digest = 0;
  measure("decision", kRounds, [&] {
    decide_all(rules, edited, [&](const EditedPair&, std::span<const FieldVerdict> verdicts) {
      digest += static_cast<size_t>(verdicts.back().take);
    });
  });
  measure("decision, kept state to kept state", kRounds / 4, [&] { digest += kept.decide_all(rules); });
  fmt::print(stderr, "digest {}\n", digest);
}

}  // namespace

int main() {
  try {
    run();
  } catch (const std::exception& error) {
    std::cerr << "bench_conflicts: " << error.what() << '\n';
    return 1;
  }
  return 0;
}

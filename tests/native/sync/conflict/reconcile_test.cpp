// Fields of one pair, decided: states, strategies, rules, groups.
#include "sync/conflict/reconcile.hpp"

#include <gmock/gmock.h>

#include <random>

#include <fmt/format.h>

namespace nexpo {
namespace {

Value text(std::string_view value) { return Value::text(value); }

/// One pair of records with the fields a, b, c.
class Reconciled : public testing::Test {
 protected:
  static inline const Shape kShape =
      std::make_shared<const std::vector<std::string>>(std::vector<std::string>{"a", "b", "c"});

  void rules(Strategy strategy, const char* json = "null") {
    rules_ = ReconcileRules::parse(nlohmann::json::parse(json), strategy, kShape, "conflicts");
  }
  /// The side's value is also what it returned after our last write, unless a test says otherwise.
  void agreed(std::vector<Value> base) {
    base_ = source_shadow_ = target_shadow_ = source_ = target_ = std::move(base);
    known_.assign(base_.size(), 1);
  }
  std::vector<FieldVerdict> verdicts(std::optional<Time> source_at = {}, std::optional<Time> target_at = {}) {
    std::vector<FieldVerdict> out(source_.size());
    const PairCells cells{base_, source_shadow_, target_shadow_, known_, source_, target_, source_at, target_at};
    reconcile(rules_, cells, scratch_, out);
    return out;
  }

  Arena arena_;
  MergeScratch scratch_{arena_};
  ReconcileRules rules_;
  std::vector<Value> base_, source_shadow_, target_shadow_, source_, target_;
  std::vector<uint8_t> known_;
};

TEST_F(Reconciled, StateComesFromEachSidesShadow) {
  rules(Strategy::merge);
  agreed({text("1"), text("1"), text("1")});
  target_shadow_[1] = target_[1] = text("one");  // as the target spells it: no edit
  source_[0] = text("2");
  target_[2] = text("3");
  const auto out = verdicts();
  EXPECT_EQ(out[0].state, FieldState::source_only);
  EXPECT_EQ(out[0].take, Take::source);
  EXPECT_EQ(out[1].state, FieldState::same);
  EXPECT_EQ(out[2].state, FieldState::target_only);
  EXPECT_EQ(out[2].take, Take::target);
}

TEST_F(Reconciled, AbsentNullAndEmptyAreThreeValues) {
  rules(Strategy::manual);
  agreed({Value(), Value::null(), text("")});
  source_ = {Value::null(), text(""), Value()};
  const auto out = verdicts();
  for (const FieldVerdict& field : out) EXPECT_EQ(field.state, FieldState::source_only);
}

TEST_F(Reconciled, TheSameEditOnBothSidesIsNoConflict) {
  rules(Strategy::manual);
  agreed({Value::number("1"), text("x"), text("x")});
  source_[0] = Value::number("2.50");
  target_[0] = Value::number("2.5");
  EXPECT_EQ(verdicts()[0].state, FieldState::both_equal);
  EXPECT_EQ(verdicts()[0].take, Take::agree);
}

TEST_F(Reconciled, EachStrategySettlesAConflictInItsWay) {
  agreed({text("1"), text("1"), text("1")});
  source_[0] = text("left");
  target_[0] = text("right");
  rules(Strategy::source_wins);
  EXPECT_EQ(verdicts()[0].take, Take::source);
  rules(Strategy::target_wins);
  EXPECT_EQ(verdicts()[0].take, Take::target);
  rules(Strategy::manual);
  EXPECT_EQ(verdicts()[0].take, Take::hold);
  rules(Strategy::merge);
  EXPECT_EQ(verdicts()[0].take, Take::hold);
  rules(Strategy::merge, R"({"fallback": "target_wins"})");
  EXPECT_EQ(verdicts()[0].take, Take::target);
}

TEST_F(Reconciled, TheLaterStampWinsBeyondTheSkewAndATieIsTheSameFromBothSides) {
  rules(Strategy::last_write_wins, R"({"skewSeconds": 5})");
  agreed({text("1"), text("1"), text("1")});
  source_[0] = text("left");
  target_[0] = text("right");
  const Time at{std::chrono::seconds(1'000'000)};
  EXPECT_EQ(verdicts(at + std::chrono::seconds(6), at)[0].take, Take::source);
  EXPECT_EQ(verdicts(at, at + std::chrono::seconds(6))[0].take, Take::target);
  EXPECT_EQ(verdicts(at, at + std::chrono::seconds(6))[0].settled, Settled::later);

  const auto tie = verdicts(at, at + std::chrono::seconds(5))[0];
  EXPECT_EQ(tie.settled, Settled::tie);
  const Value kept = tie.take == Take::source ? source_[0] : target_[0];
  std::swap(source_, target_);
  const auto mirrored = verdicts(at + std::chrono::seconds(5), at)[0];
  EXPECT_EQ(mirrored.take == Take::source ? source_[0] : target_[0], kept);

  rules(Strategy::last_write_wins, R"({"priority": "target"})");
  EXPECT_EQ(verdicts(at, at)[0].take, Take::target);
}

TEST_F(Reconciled, SkewWithinTheBoundInvertsNothing) {
  // P16: whatever the clocks are off by, a later edit beyond the bound wins, and within it the verdict is one and the
  // same for all skews.
  rules(Strategy::last_write_wins, R"({"skewSeconds": 5})");
  agreed({text("1"), text("1"), text("1")});
  source_[0] = text("left");
  target_[0] = text("right");
  const Time at{std::chrono::seconds(1'000'000)};
  const Take tie = verdicts(at, at)[0].take;
  for (int skew = -5; skew <= 5; ++skew) {
    EXPECT_EQ(verdicts(at, at + std::chrono::seconds(skew))[0].take, tie) << skew;
    EXPECT_EQ(verdicts(at + std::chrono::seconds(11 + skew), at)[0].take, Take::source) << skew;
    EXPECT_EQ(verdicts(at, at + std::chrono::seconds(11 + skew))[0].take, Take::target) << skew;
  }
}

TEST_F(Reconciled, RulesMakeOneValueOutOfTwo) {
  struct Row {
    const char* rule;
    Value base, source, target;
    std::string_view gives;
  };
  const Row rows[] = {
      {R"({"rule": "max"})", Value::number("1"), Value::number("9"), Value::number("10"), "10"},
      {R"({"rule": "max"})", text("2024-01-01"), text("2024-05-01"), text("2024-02-01"), "2024-05-01"},
      {R"({"rule": "max"})", text("x"), text("2024-05-01T11:00:00+02:00"), text("2024-05-01T10:00:00Z"),
       "2024-05-01T10:00:00Z"},
      {R"({"rule": "max"})", Value::number("1"), Value::null(), Value::number("-3"), "-3"},
      {R"({"rule": "max"})", Value::number("1"), Value::number("-3"), Value::null(), "-3"},
      {R"({"rule": "min"})", Value::number("1"), Value::number("9"), Value::number("10"), "9"},
      {R"({"rule": "min"})", text("x"), Value::null(), text("b"), "b"},
      {R"({"rule": "authority", "side": "target"})", text("1"), text("2"), text("3"), "3"},
      {R"({"rule": "coalesce"})", text("1"), Value::null(), text("3"), "3"},
      {R"({"rule": "coalesce", "side": "target"})", text("1"), text("2"), text("3"), "3"},
      {R"({"rule": "union"})", text("a;b;c"), text("a;c;d"), text("a;b;e"), "a;d;e"},
      {R"({"rule": "union"})", Value::json(R"(["a","b"])"), Value::json(R"(["b","c"])"),
       Value::json(R"(["a","b","a"])"), R"(["b","c"])"},
      {R"({"rule": "union", "separator": ", "})", text(""), text("x, y"), text("y, z"), "x, y, z"},
      {R"({"rule": "concat", "separator": " | "})", text("a"), text("a | b"), text("a | c"), "a | b | c"},
      {R"({"rule": "counter"})", Value::number("10"), Value::number("12"), Value::number("13"), "15"},
      {R"({"rule": "counter"})", Value::number("0.1"), Value::number("0.3"), Value::number("0.2"), "0.4"},
      {R"({"rule": "counter"})", Value::number("99999999999999999999999999999999999"),
       Value::number("99999999999999999999999999999999998"), Value::number("99999999999999999999999999999999997"),
       "99999999999999999999999999999999996"},
      {R"({"rule": "custom", "expression": "source + \"/\" + target + \"/\" + base"})", text("1"), text("2"), text("3"),
       "2/3/1"},
  };
  for (const Row& row : rows) {
    rules(Strategy::merge, fmt::format(R"({{"rules": {{"a": {}}}}})", row.rule).c_str());
    agreed({row.base, text("1"), text("1")});
    source_[0] = row.source;
    target_[0] = row.target;
    const FieldVerdict out = verdicts()[0];
    const Value value = out.take == Take::source ? source_[0] : out.take == Take::target ? target_[0] : out.value;
    EXPECT_EQ(value.view(), row.gives) << row.rule;
    EXPECT_EQ(out.settled, Settled::rule) << row.rule;
  }
}

TEST_F(Reconciled, ARuleThatCannotSettleLeavesItToTheStrategy) {
  rules(Strategy::merge, R"({"rules": {"a": {"rule": "counter"}, "b": {"rule": "custom", "expression": "1 / 0"}}})");
  agreed({text("1"), text("1"), text("1")});
  source_ = {text("two"), text("2"), text("1")};
  target_ = {text("three"), text("3"), text("1")};
  EXPECT_EQ(verdicts()[0].take, Take::hold);
  EXPECT_EQ(verdicts()[1].take, Take::hold);
}

TEST_F(Reconciled, AGroupIsDecidedAsOne) {
  rules(Strategy::last_write_wins, R"({"groups": [["a", "b"]]})");
  agreed({text("1"), text("EUR"), text("1")});
  source_[0] = text("2");
  target_[1] = text("USD");
  const Time at{std::chrono::seconds(1'000'000)};
  for (const bool source_later : {true, false}) {
    const auto out = verdicts(at + std::chrono::seconds(source_later ? 60 : 0), at + std::chrono::seconds(30));
    EXPECT_EQ(out[0].take, source_later ? Take::source : Take::target);
    EXPECT_EQ(out[1].take, source_later ? Take::source : Take::target);
  }
  rules(Strategy::merge, R"({"groups": [["a", "b"]]})");
  EXPECT_EQ(verdicts()[0].take, Take::hold);
  EXPECT_EQ(verdicts()[1].take, Take::hold);
  rules(Strategy::merge, R"({"groups": [["a", "b"]], "rules": {"b": {"rule": "authority", "side": "target"}}})");
  EXPECT_EQ(verdicts()[0].take, Take::target);
}

TEST_F(Reconciled, RecordsThatMeetForTheFirstTimeFillEachOthersBlanks) {
  rules(Strategy::merge);
  agreed({Value(), Value(), Value()});
  known_.assign(3, 0);
  source_ = {text("x"), Value::null(), text("l")};
  target_ = {text(""), text("y"), text("r")};
  const auto out = verdicts();
  EXPECT_EQ(out[0].take, Take::source);
  EXPECT_EQ(out[1].take, Take::target);
  EXPECT_EQ(out[2].take, Take::hold);
}

/// P7, P8: rules and strategies that claim it do not care which side is which, and in which order things happen.
TEST_F(Reconciled, SymmetricRulesAreSymmetricAndAssociative) {
  std::mt19937_64 random(7);
  const auto draw = [&](bool list) {
    if (!list) return std::to_string(static_cast<int>(random() % 50));
    std::string out;
    for (char c = 'a'; c < 'g'; ++c)
      if (random() % 2) out += std::string(out.empty() ? "" : ";") + c;
    return out;
  };
  for (const char* rule : {"max", "min", "counter", "union"}) {
    rules(Strategy::merge, fmt::format(R"({{"rules": {{"a": {{"rule": "{}"}}}}}})", rule).c_str());
    const FieldRule& field = rules_.fields[0];
    for (int i = 0; i < 500; ++i) {
      const bool list = std::string_view(rule) == "union";
      const std::string base = draw(list), left = draw(list), right = draw(list), third = draw(list);
      const auto merge = [&](std::string_view a, std::string_view b) {
        return std::string(merge_values(field, text(base), text(a), text(b), scratch_)->view());
      };
      EXPECT_EQ(merge(left, right), merge(right, left)) << rule;
      EXPECT_EQ(merge(merge(left, right), third), merge(left, merge(right, third)))
          << rule << " " << base << " " << left;
      EXPECT_EQ(merge(base, base), base) << rule;
    }
  }
}

TEST(ReconcileRules, EveryFaultIsNamedWithItsPlace) {
  const Shape shape = std::make_shared<const std::vector<std::string>>(std::vector<std::string>{"a", "b"});
  const auto fault = [&](const char* json, Strategy strategy = Strategy::merge) -> std::string {
    try {
      ReconcileRules::parse(nlohmann::json::parse(json), strategy, shape, "conflicts");
    } catch (const Error& error) {
      return error.message();
    }
    return "";
  };
  EXPECT_EQ(fault(R"({"rules": {"z": {"rule": "max"}}})"),
            "conflicts.rules.z: \"z\" is not a target field of fieldMappings; there are a, b");
  EXPECT_EQ(fault(R"({"rules": {"a": {"rule": "best"}}})"),
            "conflicts.rules.a.rule: must be one of authority, max, min, union, concat, counter, coalesce, custom");
  EXPECT_EQ(fault(R"({"rules": {"a": {"rule": "authority"}}})"),
            "conflicts.rules.a.side: missing; write source or target");
  EXPECT_EQ(fault(R"({"rules": {"x.y": {"rule": "max"}}})"),
            "conflicts.rules.\"x.y\": \"x.y\" is not a target field of fieldMappings; there are a, b");
  EXPECT_EQ(fault(R"({"fallback": "merge"})"),
            "conflicts.fallback: must be one of source_wins, target_wins, last_write_wins, manual");
  EXPECT_EQ(fault(R"({"groups": [["a"]]})"), "conflicts.groups[0]: must be a list of two fields or more");
  EXPECT_THAT(fault(R"({"groups": [["a", "b"]], "rules": {"a": {"rule": "max"}}})"),
              testing::HasSubstr("mix the sides"));
  EXPECT_THAT(fault(R"({"fallback": "manual"})", Strategy::manual), testing::HasSubstr("only `merge` has one"));
  EXPECT_THAT(fault(R"({"skewSeconds": -1, "color": 1})"), testing::HasSubstr("unknown key"));
  EXPECT_THAT(fault(R"({"rules": {"a": {"rule": "custom", "expression": "sourc + 1"}}})"), testing::HasSubstr("sourc"));
}

}  // namespace
}  // namespace nexpo

#include "sync/decide.hpp"

#include <gtest/gtest.h>

#include "sync/breaker.hpp"

namespace nexpo {
namespace {

/// A page of rows (id, name) with the links that are known of them.
class DecideTest : public testing::Test {
 protected:
  void row(std::string_view key, std::string_view name, RecordOp op = RecordOp::upsert,
           std::string_view target_key = {}) {
    RowHead head;
    head.key = key;
    head.op = op;
    const std::span<Value> cells = mapped_.add(head);
    if (op == RecordOp::upsert) {
      cells[0] = Value::text(target_key.empty() ? key : target_key);
      cells[1] = Value::text(name);
    }
    fingerprints_.push_back(fingerprint_of(mapped_.row(mapped_.size() - 1)));
    links_.push_back(std::nullopt);
  }
  static Fingerprint print(std::string_view key, std::string_view name) {
    const Value cells[]{Value::text(key), Value::text(name)};
    return fingerprint_of(cells);
  }
  std::vector<Action> actions(Strategy strategy, DeletePolicy deletes = DeletePolicy::hard) {
    const DecideInput input{mapped_, fingerprints_, links_, &current_, 0};
    std::vector<Action> out;
    for (const Decision& decision : decide(strategy, deletes, input)) out.push_back(decision.action);
    return out;
  }

  RecordBatch mapped_{std::make_shared<std::vector<std::string>>(std::vector<std::string>{"id", "name"}),
                      std::make_shared<Arena>()};
  std::vector<Fingerprint> fingerprints_;
  std::vector<std::optional<Link>> links_;
  CurrentFingerprints current_;
};

TEST_F(DecideTest, SourceWinsWritesWhatIsNewOrChangedAndNothingElse) {
  row("a", "new");
  row("b", "changed");
  row("c", "same");
  links_[1] = Link{"", print("b", "before"), {}, {}};
  links_[2] = Link{"", print("c", "same"), {}, {}};
  EXPECT_EQ(actions(Strategy::source_wins), (std::vector{Action::write, Action::write, Action::unchanged}));
}

TEST_F(DecideTest, OnlyTheLastRowOfARecordCounts) {
  row("a", "1");
  row("a", "2");
  row("a", "3");
  EXPECT_EQ(actions(Strategy::source_wins), (std::vector{Action::supersede, Action::supersede, Action::write}));
}

TEST_F(DecideTest, ADeletionBehindAnEditWins) {
  row("a", "1");
  row("a", "", RecordOp::remove);
  links_[0] = links_[1] = Link{"", print("a", "0"), {}, {}};
  EXPECT_EQ(actions(Strategy::source_wins), (std::vector{Action::supersede, Action::remove}));
}

TEST_F(DecideTest, TwoRecordsWithOneTargetKeyAreNotWrittenOverEachOther) {
  row("a", "x", RecordOp::upsert, "shared");
  row("b", "y", RecordOp::upsert, "shared");
  EXPECT_EQ(actions(Strategy::source_wins), (std::vector{Action::write, Action::collide}));
}

TEST_F(DecideTest, DeletionsFollowThePolicy) {
  row("linked", "", RecordOp::remove);
  row("stranger", "", RecordOp::remove);
  links_[0] = Link{"", print("linked", "x"), {}, {}};
  EXPECT_EQ(actions(Strategy::source_wins, DeletePolicy::ignore), (std::vector{Action::filter, Action::filter}));
  EXPECT_EQ(actions(Strategy::source_wins, DeletePolicy::hard), (std::vector{Action::remove, Action::unchanged}));
  EXPECT_EQ(actions(Strategy::source_wins, DeletePolicy::soft), (std::vector{Action::remove, Action::unchanged}));
  EXPECT_EQ(actions(Strategy::source_wins, DeletePolicy::unlink), (std::vector{Action::unlink, Action::unchanged}));
}

TEST_F(DecideTest, TargetWinsYieldsOnlyWhereBothSidesChanged) {
  row("both", "new");
  row("source_only", "new");
  row("missing", "new");
  row("equal", "new");
  links_[0] = Link{"", print("both", "base"), print("both", "base"), {}};
  links_[1] = Link{"", print("source_only", "base"), print("source_only", "base"), {}};
  current_["both"] = print("both", "edited in the target");
  current_["source_only"] = print("source_only", "base");
  current_["equal"] = print("equal", "new");
  EXPECT_EQ(actions(Strategy::target_wins), (std::vector{Action::yield, Action::write, Action::write, Action::adopt}));
}

TEST_F(DecideTest, AfterACrashARecordInDoubtIsWrittenEvenIfItLooksUnchanged) {
  row("a", "same");
  links_[0] = Link{"", print("a", "same"), {}, print("a", "was about to be written")};
  EXPECT_EQ(actions(Strategy::source_wins), (std::vector{Action::write}));
}

TEST_F(DecideTest, TargetWinsKnowsWhatACrashedRunWroteAsOurs) {
  row("written", "newer");
  row("not_written", "newer");
  links_[0] = Link{"", print("written", "base"), print("written", "base"), print("written", "new")};
  links_[1] = Link{"", print("not_written", "base"), print("not_written", "base"), print("not_written", "new")};
  current_["written"] = print("written", "new");
  current_["not_written"] = print("not_written", "base");
  EXPECT_EQ(actions(Strategy::target_wins), (std::vector{Action::write, Action::write}));
}

TEST_F(DecideTest, TargetWinsAsksForTheTargetsValuesOfChangedRowsOnly) {
  row("same", "x");
  row("changed", "y");
  row("gone", "", RecordOp::remove);
  links_[0] = Link{"", print("same", "x"), {}, {}};
  const DecideInput input{mapped_, fingerprints_, links_, &current_, 0};
  EXPECT_EQ(needs_current(Strategy::target_wins, input), (std::vector<size_t>{1}));
  EXPECT_TRUE(needs_current(Strategy::source_wins, input).empty());
}

TEST(CircuitBreaker, LetsFiftyPassAndHoldsTheRest) {
  CircuitBreaker breaker({}, 100, 0);
  EXPECT_NO_THROW(breaker.pass(50));
  try {
    breaker.pass(1);
    FAIL() << "let 51 of 100 pass";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "breaker");
    EXPECT_NE(error.message().find("51"), std::string::npos);
  }
}

TEST(CircuitBreaker, LetsFivePercentOfManyPass) {
  CircuitBreaker breaker({}, 10'000, 0);
  EXPECT_NO_THROW(breaker.pass(500));
  EXPECT_THROW(breaker.pass(1), Error);
}

TEST(CircuitBreaker, CountsWhatAnInterruptedRunHadChanged) {
  CircuitBreaker breaker({}, 100, 50);
  EXPECT_THROW(breaker.pass(1), Error);
}

TEST(CircuitBreaker, AnApprovedRunMayChangeEverything) {
  CircuitBreaker breaker({.approved = true}, 100, 0);
  EXPECT_NO_THROW(breaker.pass(100));
}

}  // namespace
}  // namespace nexpo

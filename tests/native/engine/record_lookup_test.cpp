// Lookups in another system: what goes over the wire, and what is remembered for how long.
#include "engine/record_lookup.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/started.hpp"
#include "support/sim_clock.hpp"

namespace nexpo {
namespace {

using State = OutsideAnswer::State;
using testing::ElementsAre;

/// Accounts by external key; answers after a second.
class SlowAccounts final : public Source {
 public:
  explicit SlowAccounts(SimClock& clock) : clock_(clock) {}

  Task<Schema> describe(std::string object) override {
    Schema schema;
    schema.object = std::move(object);
    schema.fields.resize(2);
    schema.fields[0].name = "Ext";
    schema.fields[1].name = "Name";
    co_return schema;
  }
  Task<std::unique_ptr<Reader>> read(ReadPlan) override { co_return nullptr; }
  Task<RecordBatch> fetch(FetchPlan plan, std::vector<std::string> keys) override {
    fetched.push_back(keys);
    co_await clock_.sleep(Millis(1'000));
    if (failures > 0) {
      --failures;
      throw Error(failure, "the system is away");
    }
    RecordBatch found(std::make_shared<const std::vector<std::string>>(std::move(plan.paths)),
                      std::make_shared<Arena>());
    for (const auto& [id, ext, name] : accounts) {
      const auto same = [&, &ext = ext](const std::string& key) {
        return ignore_case ? strcasecmp(key.c_str(), ext.c_str()) == 0 : key == ext;
      };
      if (std::ranges::none_of(keys, same)) continue;
      RowHead head;
      head.key = found.arena()->copy(id);
      const std::span<Value> cells = found.add(head);
      cells[0] = Value::text(found.arena()->copy(ext));
      cells[1] = name == "null" ? Value::null() : Value::number(found.arena()->copy(name));
    }
    co_return found;
  }
  bool ignores_case() const override { return ignore_case; }

  struct Account {
    std::string id, ext, name;
  };
  std::vector<Account> accounts;
  std::vector<std::vector<std::string>> fetched;
  int failures = 0;
  ErrorKind failure = ErrorKind::unavailable;
  bool ignore_case = false;

 private:
  SimClock& clock_;
};

class RecordLookupTest : public testing::Test {
 protected:
  RecordLookupTest() { source_.accounts = {{"1", "A", "10"}, {"2", "B", "20"}, {"3", "N", "null"}}; }

  void make(size_t cache_bytes_max = kLookupCacheBytesMax) {
    RecordQuery query;
    query.object = "Account";
    query.key = "Ext";
    query.value = "Name";
    lookup_ = std::make_unique<RecordLookup>(source_, clock_, query, RetryPolicy{}, stop_, cache_bytes_max);
  }
  Started<OutsideAnswers> start(const std::vector<std::string>& keys) {
    if (!lookup_) make();
    std::vector<Value> values;
    for (const std::string& key : keys) values.push_back(Value::text(*texts_.insert(key).first));
    return Started<OutsideAnswers>(lookup_->ask(std::move(values)));
  }
  static std::vector<std::string> told(const OutsideAnswers& answers) {
    std::vector<std::string> out;
    for (const OutsideAnswer& one : answers.answers) {
      out.push_back(one.state == State::found ? (one.value.present() ? std::string(one.value.view()) : "null")
                                              : std::string(one.code) + ": " + std::string(one.reason));
    }
    return out;
  }
  std::vector<std::string> ask(const std::vector<std::string>& keys) {
    auto asked = start(keys);
    return told(clock_.run(asked.join()));
  }

  SimClock clock_;
  SlowAccounts source_{clock_};
  CancelToken stop_ = CancelToken::make();
  std::unique_ptr<RecordLookup> lookup_;
  std::set<std::string> texts_;
};

TEST_F(RecordLookupTest, OneFetchForAllKeysThatAreNotAtHand) {
  EXPECT_THAT(ask({"A", "gone", "B"}), ElementsAre("10", ": is not in Account.Ext", "20"));
  EXPECT_THAT(ask({"B", "N", "A"}), ElementsAre("20", "null", "10"));
  EXPECT_THAT(source_.fetched, ElementsAre(ElementsAre("A", "gone", "B"), ElementsAre("N")));
}

TEST_F(RecordLookupTest, AnAnswerHoldsForItsTimeAndAMissForAShorterOne) {
  ask({"A", "gone"});
  clock_.run_for(std::chrono::seconds(29));
  ask({"A", "gone"});
  EXPECT_EQ(source_.fetched.size(), 1u);
  clock_.run_for(std::chrono::seconds(2));
  source_.accounts.push_back({"4", "gone", "40"});
  EXPECT_THAT(ask({"A", "gone"}), ElementsAre("10", "40")) << "a record that has come meanwhile is found";
  EXPECT_THAT(source_.fetched.back(), ElementsAre("gone"));
  clock_.run_for(std::chrono::seconds(301));
  source_.accounts[0].name = "11";
  EXPECT_THAT(ask({"A"}), ElementsAre("11"));
}

TEST_F(RecordLookupTest, PagesThatAskAtOnceShareWhatIsUnderWay) {
  auto first = start({"A", "B"}), second = start({"B", "N"}), third = start({"A", "B"});
  EXPECT_THAT(told(clock_.run(first.join())), ElementsAre("10", "20"));
  EXPECT_THAT(told(clock_.run(second.join())), ElementsAre("20", "null"));
  EXPECT_THAT(told(clock_.run(third.join())), ElementsAre("10", "20"));
  EXPECT_THAT(source_.fetched, ElementsAre(ElementsAre("A", "B"), ElementsAre("N")));
}

TEST_F(RecordLookupTest, TwoRecordsOfOneKeyAreAFailureOfThatKey) {
  source_.accounts.push_back({"9", "B", "20"});
  source_.accounts.push_back({"1", "A", "10"});  // the same record once more
  EXPECT_THAT(ask({"A", "B"}), ElementsAre("10", "ambiguous: is in Account.Ext more than once"));
}

TEST_F(RecordLookupTest, CaseCountsUnlessTheSystemIgnoresIt) {
  EXPECT_THAT(ask({"A", "a"}), ElementsAre("10", ": is not in Account.Ext"));
  source_.ignore_case = true;
  source_.accounts.push_back({"7", "b", "21"});
  make();
  EXPECT_THAT(ask({"a", "B", "b"}), ElementsAre("10", "20", "21")) << "the very spelling is taken first";
  EXPECT_THAT(ask({"n"}), ElementsAre("null"));
}

TEST_F(RecordLookupTest, AnOutageIsTriedAgainAndThenThrownAtAllWhoWait) {
  source_.failures = 2;
  EXPECT_THAT(ask({"A"}), ElementsAre("10"));
  EXPECT_EQ(source_.fetched.size(), 3u);
  source_.failures = 100;
  auto first = start({"B"}), second = start({"B"});
  EXPECT_THROW(clock_.run(first.join()), Error);
  EXPECT_THROW(clock_.run(second.join()), Error);
  source_.failures = 0;
  EXPECT_THAT(ask({"B"}), ElementsAre("20")) << "a failure is not remembered";
}

TEST_F(RecordLookupTest, WhatIsWrongForGoodIsNotTriedAgain) {
  source_.failures = 100;
  source_.failure = ErrorKind::invalid;
  EXPECT_THROW(ask({"A"}), Error);
  EXPECT_EQ(source_.fetched.size(), 1u);
}

TEST_F(RecordLookupTest, MemoryIsBoundedAndTheLeastUsedGoesFirst) {
  make(400);  // room for two
  ask({"A"});
  ask({"B"});
  ask({"A"});
  ask({"N"});  // B goes
  source_.fetched.clear();
  ask({"A", "N"});
  EXPECT_TRUE(source_.fetched.empty());
  ask({"B"});
  EXPECT_THAT(source_.fetched, ElementsAre(ElementsAre("B")));
}

TEST_F(RecordLookupTest, AFieldThatIsNotThereIsNamedBeforeAnythingIsAsked) {
  RecordQuery query;
  query.object = "Account";
  query.key = "Ext";
  query.value = "Nmae";
  RecordLookup wrong(source_, clock_, query, RetryPolicy{}, stop_);
  try {
    clock_.run(wrong.check("fieldMappings[0].transformation.params"));
    FAIL() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.field(), "fieldMappings[0].transformation.params.value");
    EXPECT_NE(error.message().find("`Nmae` is no field of Account"), std::string::npos);
  }
}

}  // namespace
}  // namespace nexpo

// What every state store's audit log must be: complete, in order, and telling of every tampering.
#include "store/audit_chain.hpp"

#include "store/book_conformance.hpp"

namespace nexpo {
namespace {

class AuditLog : public BookConformance {
 protected:
  void add(int entries, Time first = kNow) {
    for (int i = 0; i < entries; ++i) {
      AuditNote one = note("action " + std::to_string(i % 3), "subject/" + std::to_string(i % 2));
      one.detail = R"({"i":)" + std::to_string(i) + "}";
      (void)wait(store_->add_audit(std::move(one), first + std::chrono::minutes(i)));
    }
  }
  RetentionCounts keep_audit_from(Time cut) {
    RetentionCut old;
    old.audit = cut;
    return wait(store_->apply_retention(old, note("retention"), kNow + std::chrono::days(2)));
  }
};

TEST_P(AuditLog, AnEmptyOneIsGood) {
  EXPECT_EQ(verdict().entries, 0);
  EXPECT_FALSE(verdict().broken_at);
}

TEST_P(AuditLog, EntriesAreNumberedAndChained) {
  add(5);
  const std::vector<AuditEntry> entries = audit();
  ASSERT_EQ(entries.size(), 5u);
  std::string before;
  for (size_t i = 0; i < entries.size(); ++i) {
    EXPECT_EQ(entries[i].number, static_cast<int64_t>(i) + 1);
    EXPECT_EQ(entries[i].at, kNow + std::chrono::minutes(i));
    EXPECT_EQ(entries[i].hash, audit_chain::hash_of(entries[i], before));
    before = entries[i].hash;
  }
  EXPECT_EQ(verdict().entries, 5);
  EXPECT_FALSE(verdict().broken_at);
}

TEST(AuditHash, IsWhatTheDocumentsSay) {
  AuditEntry entry;
  entry.number = 1;
  entry.at = Time(std::chrono::microseconds(1'000));
  entry.note = {"ada", "login", "user/1", "{}"};
  // printf '0:1:14:10003:ada5:login6:user/12:{}' | sha256sum
  EXPECT_EQ(audit_chain::hash_of(entry, ""), "0f79f879a89ed09b9dbbea4c9968f20e182a8c659abf07f713238c2b3d58f181");
}

TEST(AuditHash, TellsWhereOneFieldEndsAndTheNextBegins) {
  AuditEntry one, other;
  one.note = {"ab", "c", "", "{}"};
  other.note = {"a", "bc", "", "{}"};
  EXPECT_NE(audit_chain::hash_of(one, ""), audit_chain::hash_of(other, ""));
}

TEST_P(AuditLog, IsAskedBySubjectActionActorAndTime) {
  add(12);
  AuditFilter filter;
  filter.subject = "subject/1";
  filter.action = "action 0";
  const auto found = wait(store_->audit(filter));
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].number, 4);
  EXPECT_EQ(found[1].number, 10);
  filter.actor = "bob";
  EXPECT_TRUE(wait(store_->audit(filter)).empty());
  AuditFilter late;
  late.since = kNow + std::chrono::minutes(9);
  EXPECT_EQ(wait(store_->audit(late)).size(), 3u);
  AuditFilter page;
  page.after = 4;
  page.limit = 2;
  EXPECT_EQ(wait(store_->audit(page))[1].number, 6);
}

TEST_P(AuditLog, TellsWhichEntryWasTamperedWith) {
  struct Case {
    std::string statement;
    int64_t broken_at;
  };
  const std::vector<Case> cases{
      {"UPDATE data_sync.audit SET actor = 'eve' WHERE number = 3", 3},
      {"UPDATE data_sync.audit SET action = 'x' WHERE number = 1", 1},
      {"UPDATE data_sync.audit SET subject = 'x' WHERE number = 5", 5},
      {"UPDATE data_sync.audit SET detail = '{}' WHERE number = 2", 2},
      {"UPDATE data_sync.audit SET at = at + 1 WHERE number = 4", 4},
      {"UPDATE data_sync.audit SET hash = 'x' WHERE number = 4", 4},
      {"DELETE FROM data_sync.audit WHERE number = 3", 3},
      {"DELETE FROM data_sync.audit WHERE number = 1", 1},
      {"DELETE FROM data_sync.audit WHERE number > 3", 4},
      {"DELETE FROM data_sync.audit", 1},
      {"INSERT INTO data_sync.audit VALUES (6, 0, 'a', 'b', 'c', '{}', 'x')", 6},
      {"UPDATE data_sync.audit SET number = number + 10 WHERE number = 5", 5},
  };
  add(5);
  home_->execute("CREATE TABLE data_sync.kept AS SELECT * FROM data_sync.audit");
  for (const Case& one : cases) {
    home_->execute(one.statement);
    const AuditVerdict found = verdict();
    EXPECT_EQ(found.broken_at, one.broken_at) << one.statement;
    EXPECT_EQ(found.entries, one.broken_at - 1) << one.statement;
    home_->execute("DELETE FROM data_sync.audit");
    home_->execute("INSERT INTO data_sync.audit SELECT * FROM data_sync.kept");
    EXPECT_FALSE(verdict().broken_at) << "what was put back is good again";
  }
}

TEST_P(AuditLog, RetentionTakesTheBeginningAndTheRestIsStillVerified) {
  add(10);
  EXPECT_EQ(keep_audit_from(kNow + std::chrono::minutes(4)).audit, 4);
  const std::vector<AuditEntry> left = audit();
  ASSERT_EQ(left.size(), 7u) << "six that stayed, and that of the retention";
  EXPECT_EQ(left.front().number, 5);
  EXPECT_EQ(left.back().note.action, "retention");
  EXPECT_EQ(left.back().note.detail, R"({"audit":4,"conflicts":0,"documents":0,"rejected":0,"runs":0,"tombstones":0})");
  EXPECT_EQ(verdict().entries, 7);
  EXPECT_FALSE(verdict().broken_at);
  home_->execute("DELETE FROM data_sync.audit WHERE number = 5");
  EXPECT_EQ(verdict().broken_at, 5) << "what somebody else takes away is not retention";
}

TEST_P(AuditLog, RetentionTwiceTakesNothingMoreAndOfEverythingLeavesItsOwnEntry) {
  add(10);
  (void)keep_audit_from(kNow + std::chrono::minutes(4));
  EXPECT_EQ(keep_audit_from(kNow + std::chrono::minutes(4)).audit, 0);
  EXPECT_EQ(keep_audit_from(kNow + std::chrono::days(9)).audit, 8);
  ASSERT_EQ(audit().size(), 1u);
  EXPECT_EQ(audit()[0].number, 13);
  EXPECT_EQ(verdict().entries, 1);
  EXPECT_FALSE(verdict().broken_at);
}

TEST_P(AuditLog, AYoungEntryProtectsOlderOnesBehindIt) {
  add(1, kNow + std::chrono::days(1));
  add(3);  // the clock stepped back
  EXPECT_EQ(keep_audit_from(kNow + std::chrono::hours(1)).audit, 0);
  EXPECT_EQ(audit().size(), 5u);
  EXPECT_FALSE(verdict().broken_at);
}

TEST_P(AuditLog, SeveralProcessesMakeOneChain) {
  constexpr int kProcesses = 4, kEntries = 25;
  std::vector<std::thread> processes;
  for (int i = 0; i < kProcesses; ++i)
    processes.push_back(process([&, i](Loop& loop, StateStore& store) {
      for (int k = 0; k < kEntries; ++k)
        (void)run_on(loop, [&] { return store.add_audit(note("process " + std::to_string(i)), kNow); });
    }));
  for (int i = 0; i < 10; ++i) EXPECT_FALSE(verdict().broken_at) << "good at every moment";
  for (std::thread& one : processes) one.join();
  const std::vector<AuditEntry> entries = audit();
  ASSERT_EQ(entries.size(), static_cast<size_t>(kProcesses * kEntries));
  for (size_t i = 0; i < entries.size(); ++i) ASSERT_EQ(entries[i].number, static_cast<int64_t>(i) + 1);
  EXPECT_EQ(verdict().entries, kProcesses * kEntries);
  EXPECT_FALSE(verdict().broken_at);
}

EVERY_STORE(AuditLog);

}  // namespace
}  // namespace nexpo

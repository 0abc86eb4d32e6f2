// What every state store must do with documents.
#include <atomic>

#include "store/book_conformance.hpp"

namespace nexpo {
namespace {

using Documents = BookConformance;

TEST_P(Documents, ANewDocumentHasRevisionOneAndEveryChangeOneMore) {
  EXPECT_FALSE(wait(store_->document("sync", "a")));
  EXPECT_EQ(put("sync", "a", R"({"x":1})").revision, 1);
  DocumentWrite later = write_of("sync", "a", R"({"x":2})");
  later.now = kNow + std::chrono::hours(1);
  EXPECT_EQ(wait(store_->put_document(later)).revision, 2);
  const Document found = *wait(store_->document("sync", "a"));
  EXPECT_EQ(found.body, R"({"x":2})");
  EXPECT_EQ(found.revision, 2);
  EXPECT_EQ(found.created_at, kNow);
  EXPECT_EQ(found.updated_at, kNow + std::chrono::hours(1));
}

TEST_P(Documents, AWriteWithAnotherRevisionChangesNothing) {
  (void)put("sync", "a", R"({"x":1})");
  for (const int64_t revision : {0, 2, 7}) {
    DocumentWrite write = expecting(write_of("sync", "a", R"({"x":9})"), revision);
    write.audit = note("late");
    const Error error = error_of(store_->put_document(std::move(write)));
    EXPECT_EQ(error.kind(), ErrorKind::conflict);
    EXPECT_EQ(error.code(), kRevisionCode);
    EXPECT_NE(error.message().find("has revision 1"), std::string::npos) << error.message();
  }
  EXPECT_EQ(error_of(store_->put_document(expecting(write_of("sync", "b", "{}"), 1))).code(), kRevisionCode);
  EXPECT_EQ(wait(store_->document("sync", "a"))->body, R"({"x":1})");
  EXPECT_FALSE(wait(store_->document("sync", "b")));
  EXPECT_TRUE(audit().empty());
}

TEST_P(Documents, AWriteWithTheRightRevisionGoesThroughWithItsAuditEntry) {
  DocumentWrite first = expecting(write_of("sync", "a", "{}"), 0);
  first.audit = note("create", "sync/a");
  EXPECT_EQ(wait(store_->put_document(std::move(first))).revision, 1);
  DocumentWrite second = expecting(write_of("sync", "a", "{}"), 1);
  second.audit = note("change", "sync/a");
  EXPECT_EQ(wait(store_->put_document(std::move(second))).revision, 2);
  ASSERT_EQ(audit().size(), 2u);
  EXPECT_EQ(audit()[1].note.action, "change");
}

TEST_P(Documents, AreListedInOrderOfTheirBytesAndByPrefix) {
  for (const char* id : {"b", "a/2", "a/10", "B", "a%", "\xc3\xa4", "a_"}) (void)put("mapping", id);
  (void)put("sync", "a/3");
  const auto ids = [&](const std::string& after, const std::string& prefix, int limit) {
    std::vector<std::string> out;
    for (const Document& one : wait(store_->documents("mapping", after, prefix, limit))) out.push_back(one.id);
    return out;
  };
  using Ids = std::vector<std::string>;
  EXPECT_EQ(ids("", "", 100), (Ids{"B", "a%", "a/10", "a/2", "a_", "b", "\xc3\xa4"}));
  EXPECT_EQ(ids("", "a/", 100), (Ids{"a/10", "a/2"}));
  EXPECT_EQ(ids("", "a_", 100), (Ids{"a_"})) << "a prefix is no pattern";
  EXPECT_EQ(ids("a/10", "a", 2), (Ids{"a/2", "a_"}));
}

TEST_P(Documents, ADeletedOneIsGoneOnlyIfItsRevisionIsTheRightOne) {
  (void)put("sync", "a");
  EXPECT_EQ(error_of(store_->delete_document("sync", "a", 2, note("late"), kNow)).code(), kRevisionCode);
  EXPECT_TRUE(audit().empty());
  EXPECT_TRUE(wait(store_->delete_document("sync", "a", 1, note("delete"), kNow)));
  EXPECT_FALSE(wait(store_->document("sync", "a")));
  EXPECT_EQ(audit().size(), 1u);
  EXPECT_FALSE(wait(store_->delete_document("sync", "a", {}, note("again"), kNow)));
  EXPECT_FALSE(wait(store_->delete_document("sync", "a", 1, note("again"), kNow)));
  EXPECT_EQ(audit().size(), 1u) << "what did not happen is not noted";
}

TEST_P(Documents, ATextWithNulIsRefusedAsWhole) {
  DocumentWrite write = write_of("sync", std::string("a\0b", 3), "{}");
  EXPECT_EQ(error_of(store_->put_document(std::move(write))).kind(), ErrorKind::invalid);
  EXPECT_FALSE(wait(store_->document("sync", "a")));
}

TEST_P(Documents, AreThereAfterTheStoreWasOpenedAgain) {
  (void)put("sync", "a", R"({"text":"ä \u0000 \ud83d\ude00"})");
  store_.reset();
  store_ = open();
  EXPECT_EQ(wait(store_->document("sync", "a"))->body, R"({"text":"ä \u0000 \ud83d\ude00"})");
}

TEST_P(Documents, OfWritersWithOneRevisionExactlyOneWins) {
  constexpr int kProcesses = 3, kRounds = 20;
  (void)put("sync", "a");
  std::atomic<int> won = 0, lost = 0;
  std::vector<std::thread> processes;
  for (int i = 0; i < kProcesses; ++i)
    processes.push_back(process([&](Loop& loop, StateStore& store) {
      for (int64_t revision = 1; revision <= kRounds;) {
        try {
          (void)run_on(loop, [&] {
            DocumentWrite write = expecting(write_of("sync", "a", "{}"), revision);
            write.audit = note("put");
            return store.put_document(std::move(write));
          });
          ++won;
        } catch (const Error& error) {
          ASSERT_EQ(error.code(), kRevisionCode) << error.message();
          ++lost;
        }
        const auto now = run_on(loop, [&] { return store.document("sync", "a"); });
        ASSERT_GT(now->revision, revision);
        revision = now->revision;
      }
    }));
  for (std::thread& one : processes) one.join();
  EXPECT_EQ(won, wait(store_->document("sync", "a"))->revision - 1);
  EXPECT_GE(won, kRounds);
  EXPECT_EQ(audit().size(), static_cast<size_t>(won)) << "an entry for each that won, and for no other";
  EXPECT_FALSE(verdict().broken_at);
}

EVERY_STORE(Documents);

}  // namespace
}  // namespace nexpo

#include <gtest/gtest.h>

#include <fstream>

#include "sql/sqlite.hpp"
#include "sql/temporary_folder.hpp"
#include "store/lock_file.hpp"
#include "store/migrations.hpp"
#include "store/seen_set.hpp"
#include "store/sqlite_store.hpp"
#include "store/store_home.hpp"
#include "support/sim_clock.hpp"

namespace nexpo {
namespace {

class SqliteHome final : public StoreHome {
 public:
  Task<std::unique_ptr<StateStore>> open(Workers& workers) override {
    return open_sqlite_store(folder_ / "home", workers);
  }
  void pretend_newer_version() override {
    sql::SqliteDatabase database(folder_ / "home" / "state.db");
    database.execute("INSERT INTO migration VALUES (1000, 'from the future', 0)");
  }
  void execute(std::string statement) override {
    static const std::string schema = "data_sync.";
    for (size_t at = statement.find(schema); at != std::string::npos; at = statement.find(schema, at))
      statement.erase(at, schema.size());
    sql::SqliteDatabase database(folder_ / "home" / "state.db");
    database.execute(statement);
  }

 private:
  TemporaryFolder folder_;
};

}  // namespace

std::unique_ptr<StoreHome> make_sqlite_home() { return std::make_unique<SqliteHome>(); }

namespace {

TEST(SqliteStore, MakesItsFolderForTheOwnerOnly) {
  TemporaryFolder folder;
  SimClock clock;
  SimWorkers workers(clock);
  const auto store = clock.run(open_sqlite_store(folder / "new" / "home", workers));
  const auto permissions = std::filesystem::status(folder / "new" / "home").permissions();
  EXPECT_EQ(permissions & (std::filesystem::perms::group_all | std::filesystem::perms::others_all),
            std::filesystem::perms::none);
}

TEST(SqliteStore, NamesTheFileThatIsDamaged) {
  TemporaryFolder folder;
  SimClock clock;
  SimWorkers workers(clock);
  std::ofstream(folder / "state.db") << std::string(8192, 'x');
  try {
    (void)clock.run(open_sqlite_store(folder.path(), workers));
    FAIL() << "a damaged file was opened";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::invalid);
    EXPECT_NE(error.message().find("state.db"), std::string::npos) << error.message();
  }
}

TEST(SqliteStore, CarriesRejectedRecordsOverIntoTheirSides) {
  TemporaryFolder folder;
  constexpr int64_t kBefore = 5;  // the last version that knew no sides
  {
    sql::SqliteDatabase database(folder / "state.db");
    database.execute("CREATE TABLE migration (number INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at INTEGER)");
    for (const Migration& migration : sqlite_migrations().first(kBefore)) {
      database.execute(std::string(migration.sql));
      database.statement("INSERT INTO migration VALUES (?, '', 0)").run(migration.number);
    }
    database.execute(R"sql(
      INSERT INTO sync (id) VALUES ('s');
      INSERT INTO rejected VALUES (7, 1, 'k', 'v', '{}', 1, 'C', 'm', 'f', 1, 3, 2, 10, 20);
      INSERT INTO rejected VALUES (9, 1, 'gone', '', '{}', 0, '', '', '', 0, 1, 1, 0, 0);
      DELETE FROM rejected WHERE id = 9;
    )sql");
  }
  SimClock clock;
  SimWorkers workers(clock);
  const auto store = clock.run(open_sqlite_store(folder.path(), workers));
  const auto kept = clock.run(store->rejected("s", Side::source, true, 0, 10));
  ASSERT_EQ(kept.size(), 1u);
  EXPECT_EQ(kept[0].id, 7);
  EXPECT_EQ(kept[0].source_key, "k");
  EXPECT_EQ(kept[0].reason.code, "C");
  EXPECT_EQ(kept[0].attempts, 3);
  EXPECT_TRUE(kept[0].removal);

  const Lease lease = clock.run(store->acquire("s"));
  Commit commit;
  commit.lease = lease;
  commit.run_id = clock.run(store->begin_run(lease, "full", "plan", SimClock::kStart)).id;
  commit.rejected.emplace_back().source_key = "next";
  (void)clock.run(store->commit(std::move(commit)));
  EXPECT_EQ(clock.run(store->rejected("s", {}, false, 7, 10))[0].id, 10) << "numbers go on where they were";
}

/// True if any file of the folder has the text.
bool is_in_files(const std::filesystem::path& folder, std::string_view text) {
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string content{std::istreambuf_iterator<char>(file), {}};
    if (content.find(text) != std::string::npos) return true;
  }
  return false;
}

TEST(SqliteStore, LeavesNothingOfADeletedDocumentInItsFiles) {
  TemporaryFolder folder;
  SimClock clock;
  SimWorkers workers(clock);
  const auto store = clock.run(open_sqlite_store(folder.path(), workers));
  for (int i = 0; i < 200; ++i) {
    DocumentWrite write;
    write.kind = "mapping";
    write.id = "id " + std::to_string(i);
    write.body = R"({"text":"planted-)" + std::to_string(i) + R"("})";
    (void)clock.run(store->put_document(std::move(write)));
  }
  ASSERT_TRUE(is_in_files(folder.path(), "planted-77"));
  EXPECT_TRUE(clock.run(store->delete_document("mapping", "id 77", {}, {}, SimClock::kStart)));
  EXPECT_FALSE(is_in_files(folder.path(), "planted-77"));
  EXPECT_TRUE(is_in_files(folder.path(), "planted-78"));
}

TEST(LockFile, GivesEveryNameAFileNameOfItsOwn) {
  EXPECT_EQ(file_name_for("accounts-1.x"), "accounts-1.x");
  EXPECT_EQ(file_name_for("../a/b"), "%2E.%2Fa%2Fb");
  EXPECT_NE(file_name_for(std::string(300, 'a')), file_name_for(std::string(301, 'a')));
  EXPECT_LE(file_name_for(std::string(1000, '/')).size(), 200u);
}

TEST(SeenSet, KnowsWhatWasPackedForItsRunOnly) {
  std::string bytes;
  for (int i = 0; i < 1000; ++i) SeenSet::pack(bytes, "key" + std::to_string(i), 7);
  SeenSet seen(7), other(8);
  seen.add(bytes);
  other.add(bytes);
  seen.seal();
  other.seal();
  for (int i = 0; i < 1000; ++i) {
    EXPECT_TRUE(seen.contains("key" + std::to_string(i)));
    EXPECT_FALSE(seen.contains("other" + std::to_string(i)));
    EXPECT_FALSE(other.contains("key" + std::to_string(i)));
  }
  EXPECT_THROW(seen.add("cut"), Error);
}

}  // namespace
}  // namespace nexpo

// What SQL databases must do as sources.
#include "connectors/sqlite/sql_conformance.hpp"

namespace nexpo {
namespace {

TEST_P(SqlConformance, ReadsInFullByKeyAndGoesOnFromAnyPage) {
  system_->execute("CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)");
  for (int i = 0; i < 25; ++i) system_->execute("INSERT INTO t VALUES (" + std::to_string(i * 1000 - 5000) + ", 'v')");
  connect();
  const Read whole = read("t", {"v", "id"}, 7);
  EXPECT_EQ(whole.pages.size(), 4u);
  ASSERT_EQ(whole.keys().size(), 25u);
  EXPECT_EQ(whole.keys().front(), "-5000");
  for (size_t cut = 0; cut + 1 < whole.pages.size(); ++cut) {
    std::set<std::string> keys = Read{{}}.key_set();
    for (size_t i = 0; i <= cut; ++i) {
      const RecordBatch& records = whole.pages[i].records;
      for (size_t row = 0; row < records.size(); ++row) keys.emplace(records.head(row).key);
    }
    const auto rest = read("t", {"v"}, 4, false, whole.pages[cut].next).keys();
    for (const std::string& key : rest) EXPECT_TRUE(keys.insert(key).second) << key << " was given twice";
    EXPECT_EQ(keys, whole.key_set());
  }
  EXPECT_TRUE(whole.end().empty()) << "without a version field the next run is a full one";
}

TEST_P(SqlConformance, FindsEveryChangeAmongRowsOfOneStamp) {
  system_->execute("CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT, changed TIMESTAMP NOT NULL)");
  for (int i = 0; i < 50; ++i)
    system_->execute("INSERT INTO t VALUES (" + std::to_string(i) + ", 'v', '2020-01-01 10:00:00')");
  connect({{"versionField", "changed"}});
  const Cursor start = read("t", {"v"}, 20).end();
  EXPECT_FALSE(start.empty());
  system_->execute("UPDATE t SET v = 'w', changed = '2020-01-02 10:00:00'");
  const Read changes = read("t", {"v"}, 7, true, start);
  EXPECT_EQ(changes.keys().size(), 50u);
  EXPECT_EQ(changes.key_set().size(), 50u);
  // From each page on, nothing is missing.
  std::set<std::string> keys;
  for (size_t i = 0; i < 3; ++i) {
    const RecordBatch& records = changes.pages[i].records;
    for (size_t row = 0; row < records.size(); ++row) keys.emplace(records.head(row).key);
  }
  const auto rest = read("t", {"v"}, 7, true, changes.pages[2].next).key_set();
  keys.insert(rest.begin(), rest.end());
  EXPECT_EQ(keys.size(), 50u);
}

TEST_P(SqlConformance, ReadsOnlyWhatChangedWithAnOverlap) {
  system_->execute("CREATE TABLE t (id INTEGER PRIMARY KEY, changed TIMESTAMP)");
  system_->execute(
      "INSERT INTO t VALUES (1, '2020-01-01 10:00:00'), (2, '2020-01-01 11:55:00'), (3, '2020-01-01 12:00:00')");
  connect({{"versionField", "changed"}});
  const Cursor start = read("t", {"id"}).end();
  EXPECT_EQ(read("t", {"id"}, 10, true, start).keys(), (std::vector<std::string>{"2", "3"}))
      << "the last ten minutes again";
  system_->execute("INSERT INTO t VALUES (4, '2020-01-01 11:52:00')");  // committed late
  system_->execute("INSERT INTO t VALUES (5, '2020-01-01 12:30:00')");
  const Read changes = read("t", {"id"}, 10, true, start);
  EXPECT_EQ(changes.key_set(), (std::set<std::string>{"2", "3", "4", "5"}));
  EXPECT_EQ(read("t", {"id"}, 10, true, changes.end()).keys(), std::vector<std::string>{"5"});
}

TEST_P(SqlConformance, ReadsRowsWithoutAStampEachTime) {
  system_->execute("CREATE TABLE t (id INTEGER PRIMARY KEY, changed TIMESTAMP)");
  system_->execute("INSERT INTO t VALUES (1, '2020-01-01 10:00:00'), (2, NULL), (3, NULL), (4, NULL)");
  connect({{"versionField", "changed"}});
  const Read full = read("t", {"id"});
  EXPECT_EQ(full.key_set().size(), 4u);
  const Read changes = read("t", {"id"}, 2, true, full.end());
  EXPECT_EQ(changes.key_set(), (std::set<std::string>{"1", "2", "3", "4"}));
  EXPECT_EQ(changes.keys().size(), 4u);
}

TEST_P(SqlConformance, IsNotCarriedAwayByAStampFromTheFuture) {
  system_->execute("CREATE TABLE t (id INTEGER PRIMARY KEY, changed TIMESTAMP)");
  system_->execute("INSERT INTO t VALUES (1, '2020-01-01 10:00:00'), (2, '2999-01-01 10:00:00')");
  connect({{"versionField", "changed"}});
  const Read full = read("t", {"id"});
  EXPECT_EQ(full.key_set().size(), 2u);
  system_->execute("INSERT INTO t VALUES (3, '2020-01-01 12:00:00')");
  EXPECT_TRUE(read("t", {"id"}, 10, true, full.end()).key_set().contains("3"));
}

TEST_P(SqlConformance, CountsUpWithASerialVersion) {
  system_->execute("CREATE TABLE t (id TEXT PRIMARY KEY, seq INTEGER)");
  system_->execute("INSERT INTO t VALUES ('a', 1), ('b', 2), ('c', 2)");
  connect({{"versionField", "seq"}});
  const Cursor start = read("t", {"id"}).end();
  system_->execute("INSERT INTO t VALUES ('d', 3), ('e', 2)");
  const auto keys = read("t", {"id"}, 2, true, start).key_set();
  EXPECT_TRUE(keys.contains("d"));
  EXPECT_TRUE(keys.contains("e"));
  EXPECT_FALSE(keys.contains("a"));
}

TEST_P(SqlConformance, GivesSoftlyDeletedRowsAsRemovals) {
  system_->execute("CREATE TABLE t (id TEXT PRIMARY KEY, gone BOOLEAN)");
  system_->execute("INSERT INTO t VALUES ('a', NULL), ('b', '1'), ('c', '0')");
  connect({{"softDeleteField", "gone"}});
  EXPECT_EQ(read("t", {"id"}).keys(), (std::vector<std::string>{"a", "c"}));
  const Read all = read("t", {"id"}, 10, false, {}, true);
  ASSERT_EQ(all.keys().size(), 3u);
  EXPECT_EQ(all.pages[0].records.head(1).op, RecordOp::remove);
  EXPECT_EQ(all.pages[0].records.head(2).op, RecordOp::upsert);
}

TEST_P(SqlConformance, DescribesWhatItReads) {
  system_->execute(
      "CREATE TABLE t (id INTEGER PRIMARY KEY, \"Odd Name\" TEXT NOT NULL, amount DECIMAL(18,2), changed TIMESTAMP)");
  connect({{"versionField", "CHANGED"}});
  const Schema schema = context_.wait(source_->describe("t"));
  EXPECT_EQ(schema.key_field, "id");
  EXPECT_EQ(schema.version_field, "changed");
  ASSERT_TRUE(schema.find("Odd Name"));
  EXPECT_FALSE(schema.find("Odd Name")->nullable);
  EXPECT_TRUE(schema.find("Odd Name")->required);
  EXPECT_EQ(schema.find("amount")->type, FieldType::number);
  EXPECT_EQ(schema.find("changed")->type, FieldType::datetime);
  const std::string etag = schema.etag;
  system_->execute("ALTER TABLE t ADD COLUMN more TEXT");
  EXPECT_NE(context_.wait(source_->describe("t")).etag, etag);
}

TEST_P(SqlConformance, AReadThatStartsAtAPointInTimeGivesWhatChangedThenOrLater) {
  system_->execute("CREATE TABLE t (id TEXT PRIMARY KEY, changed TIMESTAMP)");
  system_->execute(
      "INSERT INTO t VALUES ('a', '2025-01-01 00:00:00'), ('b', '2025-01-01 00:05:00'), ('c', '2025-01-01 00:09:00')");
  connect({{"versionField", "changed"}});
  const Time five_past{std::chrono::sys_days(std::chrono::year(2025) / 1 / 1) + std::chrono::minutes(5)};
  const StartPoint start = context_.wait(source_->start_at("t", five_past));
  EXPECT_EQ(read("t", {"id"}, 10, true, start.cursor).keys(), (std::vector<std::string>{"b", "c"}));
}

TEST_P(SqlConformance, AReadThatStartsNowGivesNothingOlderThanTheOverlap) {
  system_->execute("CREATE TABLE t (id TEXT PRIMARY KEY, changed TIMESTAMP)");
  system_->execute(
      "INSERT INTO t VALUES ('old', '2025-01-01 00:00:00'), ('near', '2025-06-01 00:00:00'), "
      "('newest', '2025-06-01 00:08:00')");
  connect({{"versionField", "changed"}});
  const StartPoint start = context_.wait(source_->start_at("t", std::nullopt));
  EXPECT_EQ(start.stamp.substr(0, 10), "2025-06-01");
  EXPECT_EQ(read("t", {"id"}, 10, true, start.cursor).keys(), (std::vector<std::string>{"near", "newest"}));
}

TEST_P(SqlConformance, AStartNeedsAStampThatIsATime) {
  system_->execute("CREATE TABLE t (id TEXT PRIMARY KEY, counter INTEGER)");
  system_->execute("INSERT INTO t VALUES ('a', 7)");
  connect();
  EXPECT_EQ(error_of([&] { (void)context_.wait(source_->start_at("t", std::nullopt)); }).field(), "versionField");
  connect({{"versionField", "counter"}});
  EXPECT_EQ(error_of([&] { (void)context_.wait(source_->start_at("t", Time{})); }).field(), "versionField");
}

TEST_P(SqlConformance, FetchesRecordsExactlyAsItReadsThem) {
  system_->execute(
      "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT, amount DECIMAL(10,2), active BOOLEAN, changed TIMESTAMP)");
  system_->execute(
      "INSERT INTO t VALUES (7, 'Ann', '12.50', '1', '2025-01-01 10:00:00'), (8, NULL, NULL, '0', NULL), "
      "(9, '', '-3', NULL, '2025-01-02 10:00:00')");
  connect({{"versionField", "changed"}});
  const std::vector<std::string> paths = {"name", "amount", "active", "changed", "id"};
  const Read whole = read("t", paths);
  const RecordBatch fetched = fetch("t", paths, "", {"9", "7", "8", "404"});
  ASSERT_EQ(fetched.size(), 3u);
  EXPECT_EQ(*fetched.shape(), paths);
  EXPECT_EQ(rows_by_key(fetched), rows_by_key(whole.pages.front().records));
}

TEST_P(SqlConformance, FetchesAllRecordsThatShareAValueOfAnotherField) {
  system_->execute("CREATE TABLE t (id TEXT PRIMARY KEY, mail VARCHAR(20))");
  system_->execute("INSERT INTO t VALUES ('a', 'x@y.z'), ('b', 'x@y.z'), ('c', 'other'), ('d', NULL), ('e', '')");
  connect();
  const RecordBatch fetched = fetch("t", {"mail"}, "mail", {"x@y.z", "nobody", "", "x@y.z"});
  EXPECT_EQ(key_set_of(fetched), (std::set<std::string>{"a", "b"}));
  EXPECT_EQ(fetched.row(0)[0].view(), "x@y.z");
  EXPECT_EQ(fetched.size(), 2u) << "a key that is asked for twice gives its records once";
}

TEST_P(SqlConformance, AFetchLeavesOutWhatIsMarkedAsRemoved) {
  system_->execute("CREATE TABLE t (id TEXT PRIMARY KEY, gone BOOLEAN)");
  system_->execute("INSERT INTO t VALUES ('a', NULL), ('b', '1'), ('c', '0')");
  connect({{"softDeleteField", "gone"}});
  EXPECT_EQ(key_set_of(fetch("t", {"id"}, "", {"a", "b", "c"})), (std::set<std::string>{"a", "c"}));
}

TEST_P(SqlConformance, AKeyThatNoRowCanHaveCostsNoOtherItsRecord) {
  system_->execute("CREATE TABLE t (id INTEGER PRIMARY KEY, code VARCHAR(3), price NUMERIC(6,2))");
  system_->execute("INSERT INTO t VALUES (1, 'abc', '2.50'), (2, 'abd', '3.00')");
  connect();
  EXPECT_EQ(key_set_of(fetch("t", {"code"}, "", {"one", "1", "99999999999999999999", "1.5", "2"})),
            (std::set<std::string>{"1", "2"}));
  EXPECT_EQ(key_set_of(fetch("t", {"code"}, "code", {"abcd", "abd", "ab"})), std::set<std::string>{"2"})
      << "a key is not cut to the length of the column";
  EXPECT_EQ(key_set_of(fetch("t", {"code"}, "price", {"2.501", "3"})), std::set<std::string>{"2"})
      << "nor rounded to its scale";
}

TEST_P(SqlConformance, AFetchNamesTheFieldThatIsNotThere) {
  system_->execute("CREATE TABLE t (id TEXT PRIMARY KEY)");
  connect();
  EXPECT_NE(error_of([&] { fetch("t", {"nmae"}, "", {"a"}); }).message().find("nmae"), std::string::npos);
  EXPECT_EQ(error_of([&] { fetch("t", {"id"}, "kye", {"a"}); }).field(), "kye");
}

TEST_P(SqlConformance, SaysAsWhomItIsConnectedToWhat) {
  connect();
  EXPECT_FALSE(context_.wait(connection_->test()).empty());
  EXPECT_EQ(connection_->identity().find(GetParam() + ":"), 0u) << connection_->identity();
  const uint64_t calls = connection_->calls();
  (void)context_.wait(connection_->objects());
  EXPECT_GT(connection_->calls(), calls);
}

}  // namespace
}  // namespace nexpo

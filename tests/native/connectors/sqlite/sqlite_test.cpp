// What SQLite alone does. What it shares with PostgreSQL is in the conformance suite.
#include "connectors/sqlite/sqlite.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>

#include "connectors/sqlite/sql_conformance.hpp"
#include "connectors/sqlite/stamp.hpp"
#include "sql/temporary_folder.hpp"

namespace nexpo {
namespace {

Value text(std::string_view value) { return Value::text(value); }
Value number(std::string_view value) { return Value::number(value); }

const Value kUnset;

class Sqlite : public SqlConformance {
 protected:
  /// Writes beyond `bytes` fail with an error from now on. Gives the limits as they were.
  static rlimit limit_file_size(rlim_t bytes) {
    std::signal(SIGXFSZ, SIG_IGN);
    rlimit before{};
    getrlimit(RLIMIT_FSIZE, &before);
    const rlimit lower{bytes, before.rlim_max};
    setrlimit(RLIMIT_FSIZE, &lower);
    return before;
  }
};

TEST_P(Sqlite, RejectsANumberThatItsColumnWouldRound) {
  system_->execute("CREATE TABLE t (id TEXT PRIMARY KEY, n NUMERIC, i INTEGER, r REAL, t TEXT, x)");
  connect();
  const auto writer = open("t", {"id", "n", "i", "r", "t", "x"});
  const std::string_view exact = "12345678901234567.89";
  const BatchReceipt receipt =
      write(*writer, {{text("n"), number(exact), kUnset, kUnset, kUnset, kUnset},
                      {text("i"), kUnset, number("99999999999999999999"), kUnset, kUnset, kUnset},
                      {text("r"), kUnset, kUnset, number("9007199254740993"), kUnset, kUnset},
                      {text("s"), text(exact), kUnset, kUnset, kUnset, kUnset},
                      {text("t"), number("0.30000000000000004"), number("9007199254740993"), number("9007199254740992"),
                       number(exact), number(exact)}});
  EXPECT_EQ(outcomes(receipt), "RRRRC");
  const std::vector<std::string> fields{"n", "i", "r", "n"};
  for (const Rejection& rejection : receipt.rejections) {
    EXPECT_EQ(rejection.code, "precision_loss");
    EXPECT_EQ(rejection.field, fields.at(rejection.row));
  }
  const Read back = read("t", {"n", "i", "r", "t", "x"});
  const std::vector<std::string_view> kept{"0.30000000000000004", "9007199254740993", "9007199254740992", exact, exact};
  for (size_t i = 0; i < kept.size(); ++i) EXPECT_EQ(back.pages[0].records.row(0)[i].view(), kept[i]);
  EXPECT_EQ(outcomes(write(*writer, {{text("e"), number("1e999"), kUnset, kUnset, kUnset, kUnset}})), "R");
  EXPECT_EQ(
      outcomes(write(*writer, {{text("e"), number("1e2"), number("1.50"), number("-0.5"), kUnset, number("007")}})),
      "C");
  EXPECT_EQ(system_->query("SELECT n, i, r, x FROM t WHERE id = 'e'"), (SqlRows{{"100", "1.5", "-0.5", "007"}}));
}

TEST_P(Sqlite, KeepsLongDecimalsToTheByteInATableItMade) {
  connect({{"createTable", true}, {"key", "id"}});
  FieldSchema id, amount;
  amount.type = FieldType::number;
  amount.precision = 18;
  amount.scale = 2;
  const auto writer = open("t", {"id", "amount"}, {id, amount});
  const std::vector<std::string> values{
      "1234567890123456.78", "0.10", "1E7", "-0", "100.00", "123456789012345678901234567890.5"};
  std::vector<std::string> keys;
  for (size_t i = 0; i < values.size(); ++i) keys.push_back(std::to_string(i));
  std::vector<std::vector<Value>> rows;
  for (size_t i = 0; i < values.size(); ++i) rows.push_back({text(keys[i]), number(values[i])});
  EXPECT_EQ(outcomes(write(*writer, rows)), "CCCCCC");
  const Read back = read("t", {"amount"});
  for (size_t i = 0; i < values.size(); ++i) EXPECT_EQ(back.pages[0].records.row(i)[0], number(values[i]));
}

TEST_P(Sqlite, TakesWordsForBooleansWhereTheColumnIsOne) {
  system_->execute("CREATE TABLE t (id TEXT PRIMARY KEY, b BOOLEAN, t TEXT)");
  connect();
  const auto writer = open("t", {"id", "b", "t"});
  write(*writer, {{text("1"), text("true"), Value::boolean(true)}, {text("2"), Value::boolean(false), text("false")}});
  EXPECT_EQ(system_->query("SELECT b, typeof(b), t FROM t ORDER BY id"),
            (SqlRows{{"1", "integer", "true"}, {"0", "integer", "false"}}));
}

TEST_P(Sqlite, TellsOutcomesInATableWithoutRowIds) {
  system_->execute("CREATE TABLE t (id TEXT PRIMARY KEY, v TEXT) WITHOUT ROWID");
  connect();
  const auto writer = open("t", {"id", "v"});
  EXPECT_EQ(outcomes(write(*writer, {{text("a"), text("1")}})), "C");
  EXPECT_EQ(outcomes(write(*writer, {{text("a"), text("2")}, {text("b"), text("1")}})), "UC");
  EXPECT_EQ(outcomes(write(*writer, {{text("a"), text("2")}})), "=");
}

TEST_P(Sqlite, TellsOutcomesByRowIdsThatAreTheKeys) {
  system_->execute("CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)");
  connect();
  const auto writer = open("t", {"id", "v"});
  EXPECT_EQ(outcomes(write(*writer, {{number("0"), text("1")}, {number("-5"), text("1")}})), "CC");
  EXPECT_EQ(outcomes(write(*writer, {{number("0"), text("2")}, {number("-5"), text("1")}})), "U=");
}

TEST_P(Sqlite, TakesAChangedLetterCaseForAChange) {
  system_->execute("CREATE TABLE t (id TEXT PRIMARY KEY, v TEXT COLLATE NOCASE)");
  connect();
  const auto writer = open("t", {"id", "v"});
  write(*writer, {{text("a"), text("name")}});
  EXPECT_EQ(outcomes(write(*writer, {{text("a"), text("Name")}})), "U");
  EXPECT_EQ(system_->query("SELECT v FROM t"), (SqlRows{{"Name"}}));
}

TEST_P(Sqlite, RejectsWhatAStrictTableRefuses) {
  system_->execute("CREATE TABLE t (id TEXT PRIMARY KEY, n INTEGER) STRICT");
  connect();
  const auto writer = open("t", {"id", "n"});
  const BatchReceipt receipt = write(*writer, {{text("a"), text("many")}, {text("b"), text("2")}});
  EXPECT_EQ(outcomes(receipt), "RC");
  EXPECT_EQ(receipt.rejections.at(0).code, "SQLITE_CONSTRAINT_DATATYPE");
  EXPECT_EQ(receipt.rejections.at(0).field, "n");
}

TEST_P(Sqlite, WritesNothingOfABatchForWhichTheDiskIsFull) {
  system_->execute("CREATE TABLE t (id TEXT PRIMARY KEY, v TEXT)");
  connect();
  const auto writer = open("t", {"id", "v"});
  // A file that may not grow stands for a disk that is full.
  const std::string big(4 << 20, 'x');
  const rlimit before = limit_file_size(1 << 20);
  const Error error = error_of([&] { write(*writer, {{text("first"), text("v")}, {text("last"), text(big)}}); });
  setrlimit(RLIMIT_FSIZE, &before);
  EXPECT_EQ(error.kind(), ErrorKind::unavailable) << error.message();
  EXPECT_EQ(system_->query("SELECT count(*) FROM t"), (SqlRows{{"0"}}));
}

TEST_P(Sqlite, WaitsForNoLockForEver) {
  system_->execute("CREATE TABLE t (id TEXT PRIMARY KEY)");
  connect();
  const auto writer = open("t", {"id"});
  system_->execute("BEGIN IMMEDIATE");
  const Error error = error_of([&] { write(*writer, {{text("a")}}); });
  EXPECT_EQ(error.kind(), ErrorKind::unavailable);
  EXPECT_EQ(error.code(), "SQLITE_BUSY");
  system_->execute("ROLLBACK");
  EXPECT_EQ(outcomes(write(*writer, {{text("a")}})), "C");
}

INSTANTIATE_TEST_SUITE_P(Databases, Sqlite, testing::Values("sqlite"));

TEST(SqliteFile, MakesNoFileUnlessItIsAskedTo) {
  TemporaryFolder folder;
  SimClock clock;
  SimWorkers workers(clock);
  const auto session = [&](bool create) {
    sqlite::Settings settings;
    settings.path = folder / "new.db";
    settings.create_table = create;
    return std::make_unique<sqlite::Session>(settings, workers, false);
  };
  auto names = [](sql::SqliteDatabase& database) { return sqlite::table_names(database).size(); };
  EXPECT_THROW(clock.run(session(false)->run(names)), Error);
  EXPECT_FALSE(std::filesystem::exists(folder / "new.db"));
  EXPECT_EQ(clock.run(session(true)->run(names)), 0u);
}

TEST(SqliteStamp, ReachesBackTenMinutesInTheStampsOwnSpelling) {
  using sqlite::lower_bound;
  EXPECT_EQ(lower_bound("2026-03-01T00:05:30.123Z"), "2026-02-28T23:55:30");
  EXPECT_EQ(lower_bound("2026-03-01 00:05:30"), "2026-02-28 23:55:30");
  EXPECT_EQ(lower_bound("2026-03-01 00:05"), "2026-02-28 23:55");
  EXPECT_EQ(lower_bound("2026-03-01"), "2026-02-28");
  EXPECT_EQ(lower_bound(1'767'225'600), 1'767'225'000);
  EXPECT_EQ(lower_bound(1'767'225'600'000), 1'767'225'000'000);
  EXPECT_EQ(lower_bound(1'767'225'600'000'000), 1'767'225'000'000'000);
  EXPECT_EQ(lower_bound(42), 42) << "a counter";
  EXPECT_EQ(lower_bound("v42"), "v42") << "a text that is no time";
  EXPECT_EQ(lower_bound("2026-02-30"), "2026-02-30") << "no such day";
}

TEST(SqliteStamp, KnowsNowInTheStampsOwnSpelling) {
  using sqlite::upper_bound;
  EXPECT_EQ(upper_bound("2020-01-01T00:00:00Z", SimClock::kStart), "2026-01-01T00:00:00~");
  EXPECT_EQ(upper_bound("2020-01-01 00:00", SimClock::kStart), "2026-01-01 00:00~");
  EXPECT_EQ(upper_bound("2020-01-01", SimClock::kStart), "2026-01-01~");
  EXPECT_EQ(upper_bound(1'600'000'000, SimClock::kStart), 1'767'225'600);
  EXPECT_EQ(upper_bound(1'600'000'000'000, SimClock::kStart), 1'767'225'600'000);
  EXPECT_TRUE(upper_bound(42, SimClock::kStart).is_null());
  EXPECT_TRUE(upper_bound("v42", SimClock::kStart).is_null());
}

}  // namespace
}  // namespace nexpo

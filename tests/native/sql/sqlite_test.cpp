#include "sql/sqlite.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "sql/base64.hpp"
#include "sql/identifier.hpp"
#include "sql/temporary_folder.hpp"

namespace nexpo::sql {
namespace {

Error error_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    return error;
  }
  ADD_FAILURE() << "nothing was thrown";
  return Error(ErrorKind::internal, "");
}

TEST(Sqlite, KeepsTextsToTheByteWithNulAndInvalidUtf8) {
  TemporaryFolder folder;
  SqliteDatabase database(folder / "a.db");
  database.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, text TEXT, bytes BLOB)");
  const std::string odd("a\0b\xff\xfe\r\n\"'", 9);
  database.statement("INSERT INTO t VALUES (?, ?, ?)").run(1, std::string_view(odd), Blob{odd});
  std::string text, bytes;
  EXPECT_TRUE(database.statement("SELECT text, bytes FROM t").first([&](const auto& row) {
    text = row.string(0);
    bytes = row.string(1);
  }));
  EXPECT_EQ(text, odd);
  EXPECT_EQ(bytes, odd);
}

TEST(Sqlite, TellsEmptyTextFromNull) {
  TemporaryFolder folder;
  SqliteDatabase database(folder / "a.db");
  database.execute("CREATE TABLE t (a TEXT, b TEXT)");
  database.statement("INSERT INTO t VALUES (?, ?)").run(std::string_view(), nullptr);
  database.statement("SELECT a, b FROM t").each([](const auto& row) {
    EXPECT_FALSE(row.is_null(0));
    EXPECT_TRUE(row.is_null(1));
  });
}

TEST(Sqlite, RollsBackATransactionThatWasNotCommitted) {
  TemporaryFolder folder;
  SqliteDatabase database(folder / "a.db");
  database.execute("CREATE TABLE t (a INTEGER)");
  {
    SqliteTransaction transaction(database);
    database.execute("INSERT INTO t VALUES (1)");
  }
  EXPECT_FALSE(database.statement("SELECT a FROM t").first([](const auto&) {}));
}

TEST(Sqlite, SaysThatAnotherConnectionHoldsTheLock) {
  TemporaryFolder folder;
  SqliteDatabase one(folder / "a.db");
  SqliteDatabase other(folder / "a.db", {.busy_timeout = Millis(10)});
  one.execute("CREATE TABLE t (a INTEGER)");
  SqliteTransaction transaction(one);
  const Error error = error_of([&] { SqliteTransaction second(other); });
  EXPECT_EQ(error.kind(), ErrorKind::unavailable);
  EXPECT_EQ(error.code(), "SQLITE_BUSY");
  EXPECT_NE(error.message().find("lock"), std::string::npos);
}

TEST(Sqlite, RefusesAFileThatIsNoDatabase) {
  TemporaryFolder folder;
  std::ofstream(folder / "a.db") << std::string(8192, 'x');
  const Error error = error_of([&] { SqliteDatabase database(folder / "a.db"); });
  EXPECT_EQ(error.kind(), ErrorKind::invalid);
  EXPECT_NE(error.message().find("not a SQLite database"), std::string::npos) << error.message();
}

TEST(Sqlite, SaysThatTheFileIsDamaged) {
  TemporaryFolder folder;
  {
    SqliteDatabase database(folder / "a.db", {.write_ahead_log = false});
    database.execute("CREATE TABLE t (a TEXT)");
    SqliteTransaction transaction(database);
    for (int i = 0; i < 2000; ++i)
      database.statement("INSERT INTO t VALUES (?)").run(std::string_view("some text of a row"));
    transaction.commit();
  }
  std::fstream file(folder / "a.db", std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(4096);
  file << std::string(4096 * 4, '\x5a');
  file.close();
  const Error error = error_of([&] {
    SqliteDatabase database(folder / "a.db");
    database.statement("SELECT a FROM t").each([](const auto&) {});
  });
  EXPECT_EQ(error.kind(), ErrorKind::invalid);
  EXPECT_NE(error.message().find("damaged"), std::string::npos) << error.message();
}

TEST(Sqlite, SaysThatTheDiskIsFullAndKeepsWhatWasCommitted) {
  TemporaryFolder folder;
  SqliteDatabase database(folder / "a.db");
  database.execute("CREATE TABLE t (a TEXT); INSERT INTO t VALUES ('kept'); PRAGMA max_page_count=20");
  const std::string big(1000, 'x');
  const Error error = error_of([&] {
    SqliteTransaction transaction(database);
    for (int i = 0; i < 1000; ++i) database.statement("INSERT INTO t VALUES (?)").run(std::string_view(big));
    transaction.commit();
  });
  EXPECT_EQ(error.kind(), ErrorKind::unavailable);
  EXPECT_NE(error.message().find("disk is full"), std::string::npos) << error.message();
  int rows = 0;
  database.statement("SELECT a FROM t").each([&](const auto&) { ++rows; });
  EXPECT_EQ(rows, 1);
}

TEST(Sqlite, NamesTheFileThatCannotBeOpened) {
  TemporaryFolder folder;
  const Error error = error_of([&] { SqliteDatabase database(folder / "none" / "a.db"); });
  EXPECT_EQ(error.kind(), ErrorKind::invalid);
  EXPECT_NE(error.message().find("none/a.db"), std::string::npos);
}

TEST(Sqlite, UsesAStatementAgainAfterItFailed) {
  TemporaryFolder folder;
  SqliteDatabase database(folder / "a.db");
  database.execute("CREATE TABLE t (a INTEGER PRIMARY KEY)");
  database.statement("INSERT INTO t VALUES (?)").run(1);
  EXPECT_EQ(error_of([&] { database.statement("INSERT INTO t VALUES (?)").run(1); }).code(),
            "SQLITE_CONSTRAINT_PRIMARYKEY");
  database.statement("INSERT INTO t VALUES (?)").run(2);
  EXPECT_EQ(database.changes(), 1);
}

TEST(Identifier, QuotesAnyName) {
  EXPECT_EQ(quoted("plain"), "\"plain\"");
  EXPECT_EQ(quoted("a\"b; DROP"), "\"a\"\"b; DROP\"");
}

TEST(Base64, GivesBackEveryByteOfAnyLength) {
  std::string bytes;
  for (int i = 0; i < 300; ++i) {
    EXPECT_EQ(from_base64(to_base64(bytes)), bytes);
    bytes += static_cast<char>(i * 7);
  }
  EXPECT_EQ(to_base64("any carnal pleas"), "YW55IGNhcm5hbCBwbGVhcw==");
}

TEST(Base64, RefusesWhatIsNotBase64) {
  for (const char* text : {"a", "abc", "ab=c", "a===", "ab\nd", "ab d", "YW5*"})
    EXPECT_EQ(from_base64(text), std::nullopt) << text;
}

}  // namespace
}  // namespace nexpo::sql

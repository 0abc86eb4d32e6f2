#include <gtest/gtest.h>

#include <random>

#include "sql/pg_copy.hpp"
#include "sql/pg_pool.hpp"
#include "sql/pg_test_database.hpp"
#include "support/sim_clock.hpp"

namespace nexpo::sql {
namespace {

TEST(PgCopyText, EscapesWhatCopyWouldReadAsSomethingElse) {
  std::string line;
  EXPECT_EQ(append_copy_text(line, "a\tb\nc\rd\\e\\N\\."), PgTextFault::none);
  EXPECT_EQ(line, "a\\tb\\nc\\rd\\\\e\\\\N\\\\.");
}

TEST(PgCopyText, RefusesNulAndBrokenUtf8AndLeavesTheLineAsItWas) {
  std::string line = "before";
  EXPECT_EQ(append_copy_text(line, std::string_view("0123456789ab\0c", 14)), PgTextFault::nul);
  EXPECT_EQ(append_copy_text(line, "0123456789 \xff"), PgTextFault::not_utf8);
  EXPECT_EQ(append_copy_text(line, "0123456789 \xed\xa0\x80"), PgTextFault::not_utf8) << "a lone surrogate";
  EXPECT_EQ(line, "before");
}

/// The words at a time must agree with a byte at a time, wherever the special bytes stand.
TEST(PgCopyText, AgreesWithAByteByByteEscaper) {
  std::mt19937 random(3);
  for (int round = 0; round < 20'000; ++round) {
    std::string text, expected, line;
    for (unsigned size = random() % 40; size > 0; --size) {
      const char c = random() % 3 ? static_cast<char>('a' + random() % 26) : static_cast<char>(random() % 127 + 1);
      text += c;
      const std::string_view special = "\\\n\r\t", names = "\\nrt";
      const size_t at = special.find(c);
      expected += at == std::string_view::npos ? std::string(1, c) : std::string{'\\', names[at]};
    }
    ASSERT_EQ(append_copy_text(line, text), PgTextFault::none);
    ASSERT_EQ(line, expected);
  }
}

TEST(PgAddress, ShowsNoCredentials) {
  const PgAddress address = PgAddress::parse("postgresql://user:hunter2@db.example.com:6432/crm?sslmode=verify-full");
  EXPECT_EQ(address.shown(), "postgresql://db.example.com:6432/crm");
  EXPECT_EQ(address.get("password"), "hunter2");
  EXPECT_EQ(address.get("sslmode"), "verify-full");
  EXPECT_EQ(PgAddress::parse("host=h user=u").shown(), "postgresql://h:5432/u");
  try {
    PgAddress::parse("host=h port=hunter2");
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(std::string(error.what()).find("hunter2"), std::string::npos);
  }
}

TEST(PgError, TellsWhatARepeatCanMend) {
  const PgAddress address = PgAddress::parse("postgresql://h/d");
  const auto kind = [&](const char* code) {
    PgFailure failure;
    failure.sqlstate = code;
    return pg_error(failure, address).kind();
  };
  for (const char* code : {"08006", "40001", "40P01", "53300", "53100", "55P03", "57014", "57P01", "57P03", "25006"})
    EXPECT_EQ(kind(code), ErrorKind::unavailable) << code;
  for (const char* code : {"28P01", "28000", "42501"}) EXPECT_EQ(kind(code), ErrorKind::unauthorized) << code;
  for (const char* code : {"22P02", "23505", "42P01", "3D000", "0A000"})
    EXPECT_EQ(kind(code), ErrorKind::invalid) << code;
  EXPECT_EQ(kind("XX000"), ErrorKind::internal);
}

TEST(PgError, BlamesARowOnlyForWhatIsInIt) {
  const auto blames = [](const char* code) {
    PgFailure failure;
    failure.sqlstate = code;
    return failure.is_row_fault();
  };
  for (const char* code : {"21000", "22001", "22P05", "23505", "23503", "44000", "54000", "P0001"})
    EXPECT_TRUE(blames(code)) << code;
  for (const char* code : {"40001", "42P01", "42501", "53100", "55P03", "57014", "08006"})
    EXPECT_FALSE(blames(code)) << code;
}

class Pg : public testing::Test {
 protected:
  void SetUp() override {
    if (!pg_test_url()) GTEST_SKIP() << "DATA_SYNC_TEST_PG is not set";
    database_ = std::make_unique<PgTestDatabase>();
  }
  std::unique_ptr<PgTestDatabase> database_;
};

TEST_F(Pg, SendsArraysInBinaryForm) {
  PgConnection connection(database_->address());
  PgArray numbers(PgElement::int8), texts(PgElement::text), bytes(PgElement::bytea), none(PgElement::text);
  for (const int64_t number : {int64_t{0}, int64_t{-1}, INT64_MAX, INT64_MIN}) numbers.add(number);
  texts.add("a{,}\"");
  texts.add_null();
  texts.add("");
  bytes.add(std::string_view("\0\xff", 2));
  const pqxx::result got =
      pqxx::nontransaction(connection)
          .exec_params("SELECT $1::int8[]::text, $2::text[]::text, $3::bytea[]::text, $4::text[]::text",
                       pqxx::binarystring(numbers.bytes()), pqxx::binarystring(texts.bytes()),
                       pqxx::binarystring(bytes.bytes()), pqxx::binarystring(none.bytes()));
  EXPECT_STREQ(got[0][0].c_str(), "{0,-1,9223372036854775807,-9223372036854775808}");
  EXPECT_STREQ(got[0][1].c_str(), R"({"a{,}\"",NULL,""})");
  EXPECT_STREQ(got[0][2].c_str(), R"({"\\x00ff"})");
  EXPECT_STREQ(got[0][3].c_str(), "{}");
}

PgConnection::NextPiece once(std::string_view data) {
  return [data]() mutable { return std::exchange(data, {}); };
}

TEST_F(Pg, CopiesAndAnswersInOneTransaction) {
  PgConnection connection(database_->address());
  pqxx::nontransaction(connection).exec("CREATE TABLE t (a integer, b text)");
  const auto good = connection.copy("COPY t FROM STDIN; SELECT count(*) FROM t", once("1\tx\n2\t\\N\n"));
  ASSERT_FALSE(good.failure);
  EXPECT_STREQ(PQgetvalue(good.rows.get(), 0, 0), "2");
  std::vector<std::string_view> pieces{"8\t", "z\n9\tz\n"};
  size_t given = 0;
  const auto pieced = connection.copy("COPY t FROM STDIN; DELETE FROM t WHERE b = 'z' RETURNING a",
                                      [&] { return given < pieces.size() ? pieces[given++] : std::string_view(); });
  EXPECT_EQ(PQntuples(pieced.rows.get()), 2);
  const auto bad = connection.copy("COPY t FROM STDIN; SELECT count(*) FROM t", once("3\tx\n4\ty\nfive\tz\n6\tw\n"));
  ASSERT_TRUE(bad.failure);
  EXPECT_EQ(bad.failure->sqlstate, "22P02");
  EXPECT_EQ(bad.failure->copy_line, 3);
  EXPECT_EQ(bad.failure->column, "a");
  const auto late = connection.copy("COPY t FROM STDIN; SELECT 1 / 0", once("7\tx\n"));
  ASSERT_TRUE(late.failure);
  EXPECT_EQ(late.failure->sqlstate, "22012");
  EXPECT_TRUE(connection.is_usable());
  EXPECT_STREQ(pqxx::nontransaction(connection).exec("SELECT count(*) FROM t")[0][0].c_str(), "2");
}

TEST_F(Pg, NeverConnectsAgainBehindTheCallersBack) {
  PgConnection connection(database_->address());
  pqxx::nontransaction(connection).exec("CREATE TEMP TABLE t (a integer)");
  const int pid = PQbackendPID(connection.raw());
  PgConnection other(database_->address());
  pqxx::nontransaction(other).exec("SELECT pg_terminate_backend(" + std::to_string(pid) + ", 5000)");
  EXPECT_ANY_THROW(pqxx::nontransaction(connection).exec("SELECT 1"));
  EXPECT_FALSE(connection.is_usable());
  EXPECT_ANY_THROW(pqxx::nontransaction(connection).exec("SELECT 1"));
}

TEST_F(Pg, ReusesASessionUnlessItsWorkLeftItUnusable) {
  SimClock clock;
  SimWorkers workers(clock);
  PgPool pool(database_->address(), workers, 1);
  const auto pid = [&] {
    auto ask = [](PgConnection& connection) { return PQbackendPID(connection.raw()); };
    return clock.run(pool.run(std::move(ask)));
  };
  const int first = pid();
  EXPECT_EQ(pid(), first);
  auto fail = [](PgConnection& connection) { pqxx::nontransaction(connection).exec("SELECT nonsense"); };
  EXPECT_THROW(clock.run(pool.run(fail)), Error);
  EXPECT_EQ(pid(), first) << "a failed statement is no reason to connect anew";
  auto leave_open = [](PgConnection& connection) {
    PQclear(PQexec(connection.raw(), "BEGIN"));
    throw std::runtime_error("in a transaction");
  };
  EXPECT_THROW(clock.run(pool.run(leave_open)), Error);
  EXPECT_NE(pid(), first) << "an open transaction is";
  EXPECT_EQ(pool.calls(), 6u);
}

}  // namespace
}  // namespace nexpo::sql

// What PostgreSQL alone does. What it shares with SQLite is in the conformance suite.
#include "connectors/postgresql/postgresql.hpp"

#include <gtest/gtest.h>

#include <set>

#include "connectors/sqlite/sql_system.hpp"
#include "sql/pg_test_database.hpp"
#include "sql/read_position.hpp"

namespace nexpo {
namespace {

Value text(std::string_view value) { return Value::text(value); }

class Postgres : public testing::Test {
 protected:
  void SetUp() override {
    if (!pg_test_url()) GTEST_SKIP() << "DATA_SYNC_TEST_PG is not set";
    database_ = std::make_unique<PgTestDatabase>();
    session_ = std::make_unique<sql::PgConnection>(database_->address());
  }

  void execute(const std::string& sql) { pqxx::nontransaction(*session_).exec(sql); }
  std::string value(const std::string& sql) { return pqxx::nontransaction(*session_).exec(sql)[0][0].c_str(); }

  class System final : public SqlSystem {
   public:
    explicit System(std::string url) : url_(std::move(url)) {}
    const ConnectorType& type() const override { return postgresql::kType; }
    nlohmann::json config() const override { return {{"connectionString", url_}}; }
    void execute(const std::string&) override {}
    SqlRows query(const std::string&) override { return {}; }

   private:
    std::string url_;
  };

  void connect(const nlohmann::json& options = nlohmann::json::object(), std::string url = "") {
    const System system(url.empty() ? database_->url() : std::move(url));
    connection_ = context_.connect(system, options);
    target_ = connection_->target();
    source_ = connection_->source();
  }
  std::unique_ptr<Writer> open(const std::string& table, std::vector<std::string> fields) {
    shape_ = std::make_shared<std::vector<std::string>>(std::move(fields));
    WritePlan plan{table, shape_, "", {}};
    return context_.wait(target_->open(std::move(plan)));
  }
  BatchReceipt write(Writer& writer, const std::vector<std::vector<Value>>& rows) {
    const RecordBatch batch = batch_of(shape_, rows);
    return context_.wait(writer.write(batch));
  }
  std::unique_ptr<Reader> reader(const std::string& table, std::vector<std::string> paths, bool incremental = false,
                                 const Cursor& from = {}) {
    ReadPlan plan{table, std::move(paths), 1000, incremental, false, from};
    return context_.wait(source_->read(std::move(plan)));
  }
  Page read(const std::string& table, std::vector<std::string> paths, bool incremental = false,
            const Cursor& from = {}) {
    const auto open = reader(table, std::move(paths), incremental, from);
    Page page = context_.wait(open->next());
    if (page.last) return page;
    Page rest = context_.wait(open->next());  // rows without a stamp come last
    EXPECT_TRUE(rest.last);
    EXPECT_TRUE(rest.records.empty());
    page.next = rest.next;
    return page;
  }
  static std::set<std::string> keys(const Page& page) {
    std::set<std::string> out;
    for (size_t row = 0; row < page.records.size(); ++row) out.emplace(page.records.head(row).key);
    return out;
  }
  template <class Call>
  static Error error_of(Call call) {
    try {
      call();
    } catch (const Error& error) {
      return error;
    }
    ADD_FAILURE() << "nothing was thrown";
    return Error(ErrorKind::internal, "");
  }

  SqlContext context_;
  std::unique_ptr<PgTestDatabase> database_;
  std::unique_ptr<sql::PgConnection> session_;
  std::unique_ptr<Connection> connection_;
  std::unique_ptr<Target> target_;
  std::unique_ptr<Source> source_;
  Shape shape_;
};

TEST_F(Postgres, RejectsWhatItCannotStoreAndNamesCodeAndColumn) {
  execute("CREATE TABLE t (id text PRIMARY KEY, name text, n integer, short varchar(3), doc jsonb)");
  connect();
  const auto writer = open("t", {"id", "name", "n", "short", "doc"});
  const Value null = Value::null();
  const BatchReceipt receipt =
      write(*writer, {{text("1"), text(std::string_view("a\0b", 3)), null, null, null},
                      {text("2"), text("bad \xff"), null, null, null},
                      {text("3"), null, text("abc"), null, null},
                      {text("4"), null, null, text("long"), null},
                      {text("5"), null, null, null, Value::json("{\"a\":\"\\u0000\"}")},
                      {text("6"), null, text("99999999999"), null, null},
                      {text("7"), text("good"), text("7"), text("abc"), Value::json("{\"a\":1}")}});
  const std::vector<std::pair<std::string, std::string>> expected{
      {"22P05", "name"}, {"22021", "name"}, {"22P02", "n"}, {"22001", "short"}, {"22P05", "doc"}, {"22003", "n"}};
  ASSERT_EQ(receipt.rejections.size(), expected.size());
  for (const Rejection& rejection : receipt.rejections) {
    EXPECT_EQ(rejection.code, expected.at(rejection.row).first) << rejection.message;
    EXPECT_EQ(rejection.field, expected.at(rejection.row).second) << rejection.message;
    EXPECT_EQ(receipt.receipts[rejection.row].outcome, Outcome::rejected);
  }
  EXPECT_EQ(receipt.receipts[6].outcome, Outcome::created);
  EXPECT_EQ(value("SELECT string_agg(id, ',') FROM t"), "7");
}

TEST_F(Postgres, KeepsEveryGoodRowAmongManyBadOnes) {
  execute("CREATE TABLE t (id integer PRIMARY KEY, n integer CHECK (n <> 5))");
  connect();
  const auto writer = open("t", {"id", "n"});
  std::vector<std::string> ids;
  for (int i = 0; i < 1000; ++i) ids.push_back(std::to_string(i));
  std::vector<std::vector<Value>> rows;
  for (int i = 0; i < 1000; ++i)
    rows.push_back({Value::number(ids[static_cast<size_t>(i)]), i % 7 == 0    ? text("x")
                                                                : i % 11 == 0 ? text("5")
                                                                              : text("1")});
  const BatchReceipt receipt = write(*writer, rows);
  size_t bad = 0;
  for (size_t i = 0; i < rows.size(); ++i) {
    const bool refused = i % 7 == 0 || i % 11 == 0;
    bad += refused;
    ASSERT_EQ(receipt.receipts[i].outcome, refused ? Outcome::rejected : Outcome::created) << i;
  }
  EXPECT_EQ(receipt.rejections.size(), bad);
  EXPECT_EQ(value("SELECT count(*) FROM t"), std::to_string(1000 - bad));
}

TEST_F(Postgres, WritesTwoKeysThatAreOneOnceTheyAreNumbers) {
  execute("CREATE TABLE t (id integer PRIMARY KEY, v text)");
  connect();
  const auto writer = open("t", {"id", "v"});
  const BatchReceipt receipt =
      write(*writer, {{text("007"), text("a")}, {text("7"), text("b")}, {text("8"), text("c")}});
  EXPECT_TRUE(receipt.rejections.empty());
  EXPECT_EQ(value("SELECT count(*) FROM t"), "2");
}

TEST_F(Postgres, ReadsEveryTypeAsItsText) {
  execute("CREATE TYPE colour AS ENUM ('red', 'green'); CREATE DOMAIN positive AS numeric(10,2) CHECK (value > 0)");
  execute(
      "CREATE TABLE t (id uuid PRIMARY KEY, big numeric, dom positive, f float8, at timestamptz, local timestamp, day "
      "date, "
      "inf timestamptz, span interval, col colour, list int[], words text[], doc jsonb, scalar jsonb, flag bool, nan "
      "numeric)");
  execute(
      "INSERT INTO t VALUES ('00000000-0000-0000-0000-00000000000A', 123456789012345678901234567890.1234567890, 1.5, "
      "0.1, "
      "'2026-02-28 23:59:59.123456+02', '2026-02-28 23:59:59.5', '0099-01-02', 'infinity', '1 day 02:03:04', 'green', "
      "'{1,NULL}', "
      "'{\"a b\",\"c\\\"d\"}', '{\"k\": [1, \"a : b\"]}', '5', true, 'NaN')");
  connect();
  const std::vector<std::string> names{"id",   "big", "dom",  "f",     "at",  "local",  "day",  "inf",
                                       "span", "col", "list", "words", "doc", "scalar", "flag", "nan"};
  const Page page = read("t", names);
  const std::vector<Value> expected{text("00000000-0000-0000-0000-00000000000a"),
                                    Value::number("123456789012345678901234567890.1234567890"),
                                    Value::number("1.50"),
                                    Value::number("0.1"),
                                    text("2026-02-28T21:59:59.123456Z"),
                                    text("2026-02-28T23:59:59.5"),
                                    text("0099-01-02"),
                                    text("infinity"),
                                    text("P1DT2H3M4S"),
                                    text("green"),
                                    Value::json("[1,null]"),
                                    Value::json("[\"a b\",\"c\\\"d\"]"),
                                    Value::json("{\"k\":[1,\"a : b\"]}"),
                                    Value::number("5"),
                                    Value::boolean(true),
                                    text("NaN")};
  ASSERT_EQ(page.records.size(), 1u);
  for (size_t i = 0; i < names.size(); ++i) {
    EXPECT_EQ(page.records.row(0)[i].view(), expected[i].view()) << names[i];
    EXPECT_EQ(page.records.row(0)[i].kind(), expected[i].kind()) << names[i];
  }
  const Schema schema = context_.wait(source_->describe("t"));
  EXPECT_EQ(schema.find("col")->values, (std::vector<std::string>{"red", "green"}));
  EXPECT_EQ(schema.find("dom")->precision, 10);
  EXPECT_EQ(schema.find("dom")->scale, 2);

  // What was read can be written, and is the same.
  execute("CREATE TABLE copy (LIKE t INCLUDING ALL)");
  const auto writer = open("copy", names);
  const std::vector<Value> row(page.records.row(0).begin(), page.records.row(0).end());
  const BatchReceipt receipt = write(*writer, {row});
  EXPECT_EQ(receipt.receipts[0].outcome, Outcome::created)
      << (receipt.rejections.empty() ? "" : receipt.rejections[0].message);
  EXPECT_EQ(value("SELECT count(*) FROM t JOIN copy USING (id) WHERE t::text = copy::text"), "1");
  EXPECT_EQ(write(*writer, {row}).receipts[0].outcome, Outcome::unchanged);
}

TEST_F(Postgres, WritesAChangeThatOnlyChangesTheSpelling) {
  execute("CREATE TABLE t (id text PRIMARY KEY, n numeric, doc json)");
  connect();
  const auto writer = open("t", {"id", "n", "doc"});
  write(*writer, {{text("a"), Value::number("1.0"), Value::json("{}")}});
  EXPECT_EQ(write(*writer, {{text("a"), Value::number("1.00"), Value::json("{}")}}).receipts[0].outcome,
            Outcome::updated);
  EXPECT_EQ(value("SELECT n::text FROM t"), "1.00");
  EXPECT_EQ(write(*writer, {{text("a"), Value::number("1.00"), Value::json("{}")}}).receipts[0].outcome,
            Outcome::unchanged);
}

TEST_F(Postgres, HoldsTheCursorBackForATransactionThatIsStillRunning) {
  execute("CREATE TABLE t (id text PRIMARY KEY, changed timestamptz DEFAULT now())");
  sql::PgConnection slow(database_->address());
  pqxx::work late(slow);
  late.exec("INSERT INTO t VALUES ('late')");
  const std::string began = late.exec("SELECT now()::text")[0][0].c_str();
  execute("SELECT pg_sleep(0.05)");
  execute("INSERT INTO t VALUES ('early')");
  connect({{"versionField", "changed"}});
  const Page full = read("t", {"id"});
  EXPECT_EQ(keys(full), std::set<std::string>{"early"});
  // Not the stamp of the newest row, but the start of the running transaction, so that no overlap is needed to see it.
  EXPECT_EQ(sql::text_of(sql::ReadPosition::parse(full.next).since), began);
  late.commit();
  EXPECT_EQ(keys(read("t", {"id"}, true, full.next)), (std::set<std::string>{"early", "late"}));
  const Page caught_up = read("t", {"id"}, true, full.next);
  EXPECT_EQ(sql::text_of(sql::ReadPosition::parse(caught_up.next).since), value("SELECT max(changed)::text FROM t"));
}

TEST_F(Postgres, FindsACounterThatWasCommittedLate) {
  execute("CREATE TABLE t (id text PRIMARY KEY, seq bigserial)");
  execute("INSERT INTO t VALUES ('first')");
  sql::PgConnection slow(database_->address());
  pqxx::work late(slow);
  late.exec("INSERT INTO t VALUES ('late')");  // takes 2
  execute("INSERT INTO t VALUES ('early')");   // takes 3 and is committed first
  connect({{"versionField", "seq"}});
  const Page full = read("t", {"id"});
  EXPECT_EQ(keys(full), (std::set<std::string>{"first", "early"}));
  late.commit();
  EXPECT_TRUE(keys(read("t", {"id"}, true, full.next)).contains("late"));
}

TEST_F(Postgres, ReadsAViewByTheConfiguredKeyAndRefusesToWriteIt) {
  execute("CREATE TABLE base (id integer PRIMARY KEY, v text); INSERT INTO base VALUES (1, 'a'), (2, 'b')");
  execute("CREATE VIEW v AS SELECT id, upper(v) AS v FROM base");
  connect({{"key", "id"}});
  EXPECT_EQ(keys(read("v", {"v"})), (std::set<std::string>{"1", "2"}));
  EXPECT_NE(error_of([&] { (void)open("v", {"id"}); }).message().find("ordinary table"), std::string::npos);
  connect();
  EXPECT_EQ(error_of([&] { (void)read("v", {"v"}); }).field(), "key");
}

TEST_F(Postgres, FindsTablesBySchemaAndRegardlessOfCase) {
  execute("CREATE SCHEMA \"Other\"; CREATE TABLE \"Other\".\"Things\" (id integer PRIMARY KEY)");
  execute("INSERT INTO \"Other\".\"Things\" VALUES (1)");
  connect();
  EXPECT_EQ(keys(read("Other.Things", {"id"})), std::set<std::string>{"1"});
  EXPECT_EQ(keys(read("Other.things", {"ID"})), std::set<std::string>{"1"});
  const std::vector<ObjectSummary> objects = context_.wait(connection_->objects());
  ASSERT_EQ(objects.size(), 1u);
  EXPECT_EQ(objects[0].name, "Other.Things");
  EXPECT_EQ(objects[0].label, "Things");
  EXPECT_TRUE(objects[0].queryable && objects[0].creatable && objects[0].updatable);
  connect({{"schema", "Other"}, {"createTable", true}, {"key", "id"}});
  EXPECT_EQ(keys(read("Things", {"id"})), std::set<std::string>{"1"});
  (void)open("Made", {"id"});
  EXPECT_EQ(value("SELECT count(*) FROM pg_tables WHERE schemaname = 'Other'"), "2");
}

TEST_F(Postgres, RefusesColumnsThatOnlyTheServerFills) {
  execute(
      "CREATE TABLE t (id integer PRIMARY KEY, a integer GENERATED ALWAYS AS (id * 2) STORED, "
      "b integer GENERATED ALWAYS AS IDENTITY)");
  connect();
  const Error error = error_of([&] { (void)open("t", {"id", "a", "b"}); });
  EXPECT_NE(error.message().find("\"a\""), std::string::npos) << error.message();
  EXPECT_NE(error.message().find("\"b\""), std::string::npos) << error.message();
}

TEST_F(Postgres, RefusesAKeyThatAnUpsertCannotUse) {
  execute(
      "CREATE TABLE t (id integer UNIQUE DEFERRABLE, v text, half text); CREATE UNIQUE INDEX ON t (half) WHERE v = "
      "'x'");
  connect({{"key", "id"}});
  EXPECT_NE(error_of([&] { (void)open("t", {"id"}); }).message().find("not unique"), std::string::npos);
  connect({{"key", "half"}});
  EXPECT_NE(error_of([&] { (void)open("t", {"half"}); }).message().find("not unique"), std::string::npos);
}

TEST_F(Postgres, RejectsRowsThatATriggerRefuses) {
  execute("CREATE TABLE t (id integer PRIMARY KEY)");
  execute(
      "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS "
      "'BEGIN IF NEW.id = 2 THEN RAISE EXCEPTION ''not two''; END IF; RETURN NEW; END'");
  execute("CREATE TRIGGER refuse BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION refuse()");
  connect();
  const auto writer = open("t", {"id"});
  const BatchReceipt receipt = write(*writer, {{text("1")}, {text("2")}, {text("3")}});
  ASSERT_EQ(receipt.rejections.size(), 1u);
  EXPECT_EQ(receipt.rejections[0].row, 1u);
  EXPECT_EQ(receipt.rejections[0].code, "P0001");
  EXPECT_EQ(receipt.rejections[0].message, "not two");
}

TEST_F(Postgres, ConnectsAgainAfterTheServerEndedItsSessions) {
  execute("CREATE TABLE t (id integer PRIMARY KEY)");
  connect();
  const auto writer = open("t", {"id"});
  write(*writer, {{text("1")}});
  execute(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> "
      "pg_backend_pid()");
  const Error error = error_of([&] { write(*writer, {{text("2")}}); });
  EXPECT_EQ(error.kind(), ErrorKind::unavailable) << error.message();
  EXPECT_EQ(write(*writer, {{text("2")}}).receipts[0].outcome, Outcome::created);
}

TEST_F(Postgres, ThrowsForALockThatIsNotGivenInsteadOfRejectingRows) {
  execute("CREATE TABLE t (id integer PRIMARY KEY, v text); INSERT INTO t VALUES (1, 'a')");
  execute("ALTER DATABASE " + std::string(database_->address().get("dbname")) + " SET deadlock_timeout = '10ms'");
  connect();
  const auto writer = open("t", {"id", "v"});
  // A trigger shortens the wait: the session's own lock_timeout is half a minute.
  execute(
      "CREATE FUNCTION hurry() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM set_config(''lock_timeout'', "
      "''50ms'', true); RETURN NEW; END'");
  execute("CREATE TRIGGER hurry BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION hurry()");
  sql::PgConnection other(database_->address());
  pqxx::work holder(other);
  holder.exec("UPDATE t SET v = 'held' WHERE id = 1");
  const Error error = error_of([&] { write(*writer, {{text("1"), text("b")}, {text("2"), text("b")}}); });
  EXPECT_EQ(error.kind(), ErrorKind::unavailable);
  EXPECT_EQ(error.code(), "55P03");
}

TEST_F(Postgres, SaysWhichRightIsMissing) {
  execute(
      "DO 'BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = ''data_sync_guest'') THEN "
      "CREATE ROLE data_sync_guest LOGIN PASSWORD ''guest''; END IF; END'");
  execute("CREATE TABLE t (id integer PRIMARY KEY)");
  const auto part = [&](const char* name) { return std::string(database_->address().get(name)); };
  connect(nlohmann::json::object(),
          "postgresql://data_sync_guest:guest@" + part("host") + ":" + part("port") + "/" + part("dbname"));
  const Error error = error_of([&] { (void)read("t", {"id"}); });
  EXPECT_EQ(error.kind(), ErrorKind::unauthorized) << error.message();
  EXPECT_EQ(error.code(), "42501");
  connect({{"password", "hunter2"}}, database_->url());
  const Error wrong = error_of([&] { (void)read("t", {"id"}); });
  EXPECT_EQ(wrong.kind(), ErrorKind::unauthorized);
  EXPECT_EQ(wrong.message().find("hunter2"), std::string::npos);
}

TEST_F(Postgres, NeedsAnAddress) {
  const System system("");
  EXPECT_EQ(error_of([&] { (void)context_.connect(system); }).field(), "connectionString");
}

}  // namespace
}  // namespace nexpo

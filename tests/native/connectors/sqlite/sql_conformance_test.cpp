// What the connectors of SQL databases must do, run over each of them.
#include <gtest/gtest.h>

#include <set>

#include "connectors/sqlite/sql_system.hpp"

namespace nexpo {
namespace {

using std::nullopt;

Value text(std::string_view value) { return Value::text(value); }
Value number(std::string_view value) { return Value::number(value); }
const Value kNull = Value::null();
const Value kUnset;

class SqlConformance : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    system_ = GetParam() == "sqlite" ? make_sqlite_system() : make_pg_system();
    if (!system_) GTEST_SKIP() << "DATA_SYNC_TEST_PG is not set";
  }

  void connect(const nlohmann::json& options = nlohmann::json::object()) {
    connection_ = context_.connect(*system_, options);
    target_ = connection_->target();
    source_ = connection_->source();
  }

  std::unique_ptr<Writer> open(const std::string& table, std::vector<std::string> fields,
                               std::vector<FieldSchema> hints = {}, std::string key = "") {
    shape_ = std::make_shared<std::vector<std::string>>(std::move(fields));
    WritePlan plan{table, shape_, std::move(key), std::move(hints)};
    return context_.wait(target_->open(std::move(plan)));
  }

  BatchReceipt write(Writer& writer, const std::vector<std::vector<Value>>& rows) {
    const RecordBatch batch = batch_of(shape_, rows);
    return context_.wait(writer.write(batch));
  }
  BatchReceipt remove(Writer& writer, const std::vector<std::string>& keys, DeleteKind kind) {
    const RecordBatch batch = keys_of(shape_, keys);
    return context_.wait(writer.remove(batch, kind));
  }

  template <class Call>
  Error error_of(Call call) {
    try {
      call();
    } catch (const Error& error) {
      return error;
    }
    ADD_FAILURE() << "nothing was thrown";
    return Error(ErrorKind::internal, "");
  }

  struct Read {
    std::vector<Page> pages;
    std::vector<std::string> keys() const {
      std::vector<std::string> out;
      for (const Page& page : pages)
        for (size_t row = 0; row < page.records.size(); ++row) out.emplace_back(page.records.head(row).key);
      return out;
    }
    std::set<std::string> key_set() const {
      const auto all = keys();
      return {all.begin(), all.end()};
    }
    Cursor end() const { return pages.back().next; }
  };

  std::unique_ptr<Reader> reader(const std::string& table, std::vector<std::string> paths, int page_records_max,
                                 bool incremental, const Cursor& from, bool deletions = false) {
    ReadPlan plan{table, std::move(paths), page_records_max, incremental, deletions, from};
    return context_.wait(source_->read(std::move(plan)));
  }
  Read read(const std::string& table, std::vector<std::string> paths, int page_records_max = 1000,
            bool incremental = false, const Cursor& from = {}, bool deletions = false) {
    const auto open = reader(table, std::move(paths), page_records_max, incremental, from, deletions);
    Read out;
    do {
      out.pages.push_back(context_.wait(open->next()));
      EXPECT_LE(out.pages.back().records.size(), static_cast<size_t>(page_records_max));
    } while (!out.pages.back().last);
    return out;
  }

  static std::string outcomes(const BatchReceipt& receipt) {
    std::string out;
    for (const Receipt& one : receipt.receipts) out += "CU=DR"[static_cast<int>(one.outcome)];
    return out;
  }

  SqlContext context_;
  std::unique_ptr<SqlSystem> system_;
  std::unique_ptr<Connection> connection_;
  std::unique_ptr<Target> target_;
  std::unique_ptr<Source> source_;
  Shape shape_;
};

FieldSchema hint(std::string name, FieldType type, std::optional<int> precision = {}, std::optional<int> scale = {}) {
  FieldSchema out;
  out.name = std::move(name);
  out.type = type;
  out.precision = precision;
  out.scale = scale;
  return out;
}

TEST_P(SqlConformance, TellsCreatedUpdatedAndUnchangedApart) {
  system_->execute("CREATE TABLE t (id TEXT PRIMARY KEY, name TEXT, n INTEGER)");
  connect();
  const auto writer = open("t", {"id", "name", "n"});
  EXPECT_EQ(writer->key_field(), "id");
  EXPECT_EQ(outcomes(write(*writer, {{text("a"), text("A"), number("1")}, {text("b"), text("B"), number("2")}})), "CC");
  EXPECT_EQ(outcomes(write(*writer, {{text("a"), text("A"), number("1")}, {text("b"), text("B"), number("2")}})), "==");
  EXPECT_EQ(outcomes(write(*writer, {{text("c"), text("C"), number("1")},
                                     {text("a"), text("A"), number("1")},
                                     {text("b"), text("B!"), number("2")}})),
            "C=U");
  EXPECT_EQ(system_->query("SELECT id, name, n FROM t ORDER BY id"),
            (SqlRows{{"a", "A", "1"}, {"b", "B!", "2"}, {"c", "C", "1"}}));
}

TEST_P(SqlConformance, LeavesUnsetCellsAloneAndClearsNulls) {
  system_->execute("CREATE TABLE t (id TEXT PRIMARY KEY, a TEXT DEFAULT 'default', b TEXT)");
  connect();
  const auto writer = open("t", {"id", "a", "b"});
  write(*writer, {{text("1"), text("a1"), text("b1")}, {text("2"), kUnset, text("b2")}, {text("3"), kNull, text("")}});
  EXPECT_EQ(system_->query("SELECT * FROM t ORDER BY id"),
            (SqlRows{{"1", "a1", "b1"}, {"2", "default", "b2"}, {"3", nullopt, ""}}));
  EXPECT_EQ(outcomes(write(*writer, {{text("1"), kUnset, kNull}, {text("2"), kNull, kUnset}, {text("3"), kUnset, kUnset}})),
            "UU=");
  EXPECT_EQ(system_->query("SELECT * FROM t ORDER BY id"),
            (SqlRows{{"1", "a1", nullopt}, {"2", nullopt, "b2"}, {"3", nullopt, ""}}));
}

TEST_P(SqlConformance, WritesATableWhoseOnlyMappedFieldIsTheKey) {
  system_->execute("CREATE TABLE t (id TEXT PRIMARY KEY)");
  connect();
  const auto writer = open("t", {"id"});
  EXPECT_EQ(outcomes(write(*writer, {{text("1")}})), "C");
  EXPECT_EQ(outcomes(write(*writer, {{text("1")}, {text("2")}})), "=C");
}

TEST_P(SqlConformance, RefusesOnlyTheRowsThatTheTableRefuses) {
  system_->execute("CREATE TABLE t (id TEXT PRIMARY KEY, name TEXT NOT NULL, n INTEGER CHECK (n < 10), email TEXT UNIQUE)");
  system_->execute("INSERT INTO t VALUES ('there', 'x', 1, 'taken@example.com')");
  connect();
  const auto writer = open("t", {"id", "name", "n", "email"});
  const BatchReceipt receipt = write(*writer, {{text("a"), text("A"), number("1"), text("a@example.com")},
                                               {text("b"), kNull, number("1"), kNull},
                                               {text("c"), text("C"), number("99"), kNull},
                                               {text("d"), text("D"), number("2"), text("taken@example.com")},
                                               {text("e"), text("E"), number("3"), kNull},
                                               {text("there"), text("y"), number("4"), kUnset}});
  EXPECT_EQ(outcomes(receipt), "CRRRCU");
  ASSERT_EQ(receipt.rejections.size(), 3u);
  std::set<size_t> rows;
  for (const Rejection& rejection : receipt.rejections) {
    rows.insert(rejection.row);
    EXPECT_FALSE(rejection.code.empty());
    EXPECT_FALSE(rejection.message.empty());
    EXPECT_FALSE(rejection.retryable);
    if (rejection.row == 1) {
      EXPECT_EQ(rejection.field, "name");
    }
  }
  EXPECT_EQ(rows, (std::set<size_t>{1, 2, 3}));
  EXPECT_EQ(system_->query("SELECT id, name FROM t ORDER BY id"),
            (SqlRows{{"a", "A"}, {"e", "E"}, {"there", "y"}}));
}

TEST_P(SqlConformance, TriesARowWithAMissingParentAgainLater) {
  system_->execute("CREATE TABLE parent (id TEXT PRIMARY KEY)");
  system_->execute("CREATE TABLE t (id TEXT PRIMARY KEY, parent TEXT REFERENCES parent)");
  connect();
  const auto writer = open("t", {"id", "parent"});
  const BatchReceipt receipt = write(*writer, {{text("a"), kNull}, {text("b"), text("missing")}, {text("c"), kNull}});
  EXPECT_EQ(outcomes(receipt), "CRC");
  EXPECT_TRUE(receipt.rejections.at(0).retryable);
}

TEST_P(SqlConformance, FindsTheRowThatBreaksADeferredConstraint) {
  system_->execute("CREATE TABLE parent (id TEXT PRIMARY KEY)");
  system_->execute("CREATE TABLE t (id TEXT PRIMARY KEY, parent TEXT REFERENCES parent DEFERRABLE INITIALLY DEFERRED)");
  connect();
  const auto writer = open("t", {"id", "parent"});
  std::vector<std::string> ids;
  std::vector<std::vector<Value>> rows;
  for (int i = 0; i < 20; ++i) ids.push_back("id" + std::to_string(i));
  for (int i = 0; i < 20; ++i) rows.push_back({text(ids[static_cast<size_t>(i)]), i == 13 ? text("missing") : kNull});
  const BatchReceipt receipt = write(*writer, rows);
  EXPECT_EQ(outcomes(receipt), "CCCCCCCCCCCCCRCCCCCC");
  ASSERT_EQ(receipt.rejections.size(), 1u);
  EXPECT_EQ(receipt.rejections[0].row, 13u);
  EXPECT_EQ(system_->query("SELECT count(*) FROM t"), (SqlRows{{"19"}}));
}

TEST_P(SqlConformance, RemovesRowsForGood) {
  system_->execute("CREATE TABLE t (id TEXT PRIMARY KEY)");
  system_->execute("INSERT INTO t VALUES ('a'), ('b'), ('c''c')");
  connect();
  const auto writer = open("t", {"id"});
  EXPECT_EQ(outcomes(remove(*writer, {"a", "gone already", "c'c"}, DeleteKind::hard)), "DDD");
  EXPECT_EQ(system_->query("SELECT id FROM t"), (SqlRows{{"b"}}));
}

TEST_P(SqlConformance, KeepsRowsThatAreStillReferredTo) {
  system_->execute("CREATE TABLE t (id TEXT PRIMARY KEY)");
  system_->execute("CREATE TABLE child (parent TEXT REFERENCES t)");
  system_->execute("INSERT INTO t VALUES ('a'), ('b'), ('c')");
  system_->execute("INSERT INTO child VALUES ('b')");
  connect();
  const auto writer = open("t", {"id"});
  const BatchReceipt receipt = remove(*writer, {"a", "b", "c"}, DeleteKind::hard);
  EXPECT_EQ(outcomes(receipt), "DRD");
  ASSERT_EQ(receipt.rejections.size(), 1u);
  EXPECT_EQ(receipt.rejections[0].row, 1u);
  EXPECT_EQ(system_->query("SELECT id FROM t"), (SqlRows{{"b"}}));
}

TEST_P(SqlConformance, MarksRemovedRowsAndRevivesThemWithTheNextWrite) {
  system_->execute("CREATE TABLE t (id TEXT PRIMARY KEY, name TEXT, gone BOOLEAN)");
  connect({{"softDeleteField", "gone"}});
  const auto writer = open("t", {"id", "name"});
  write(*writer, {{text("a"), text("A")}, {text("b"), text("B")}});
  EXPECT_EQ(outcomes(remove(*writer, {"a", "never there"}, DeleteKind::soft)), "DD");
  EXPECT_EQ(system_->query("SELECT id, CAST(gone AS INTEGER) FROM t ORDER BY id"), (SqlRows{{"a", "1"}, {"b", "0"}}));
  EXPECT_EQ(outcomes(write(*writer, {{text("a"), text("A")}, {text("b"), text("B")}})), "U=");
  EXPECT_EQ(system_->query("SELECT id, CAST(gone AS INTEGER) FROM t ORDER BY id"), (SqlRows{{"a", "0"}, {"b", "0"}}));
}

TEST_P(SqlConformance, StampsTheTimeOfARemovalOnce) {
  system_->execute("CREATE TABLE t (id TEXT PRIMARY KEY, deleted_at TIMESTAMP)");
  connect({{"softDeleteField", "deleted_at"}});
  const auto writer = open("t", {"id"});
  write(*writer, {{text("a")}});
  remove(*writer, {"a"}, DeleteKind::soft);
  const auto first = system_->query("SELECT deleted_at FROM t");
  ASSERT_TRUE(first[0][0]);
  EXPECT_EQ(first[0][0]->substr(0, 2), "20");
  remove(*writer, {"a"}, DeleteKind::soft);
  EXPECT_EQ(system_->query("SELECT deleted_at FROM t"), first);
  write(*writer, {{text("a")}});
  EXPECT_EQ(system_->query("SELECT deleted_at FROM t"), (SqlRows{{nullopt}}));
}

TEST_P(SqlConformance, NamesTheOptionThatSoftDeletesNeed) {
  system_->execute("CREATE TABLE t (id TEXT PRIMARY KEY)");
  connect();
  const auto writer = open("t", {"id"});
  const Error error = error_of([&] { remove(*writer, {"a"}, DeleteKind::soft); });
  EXPECT_EQ(error.kind(), ErrorKind::invalid);
  EXPECT_NE(error.message().find("softDeleteField"), std::string::npos);
}

TEST_P(SqlConformance, FetchesCurrentValuesAndLeavesMissingKeysOut) {
  system_->execute("CREATE TABLE t (id TEXT PRIMARY KEY, name TEXT, n INTEGER)");
  system_->execute("INSERT INTO t VALUES ('a', 'A', 1), ('b', NULL, 2)");
  connect();
  const auto writer = open("t", {"id", "n", "name"});
  std::vector<std::string> keys{"b", "missing", "a"};
  const RecordBatch found = context_.wait(writer->fetch(std::move(keys)));
  ASSERT_EQ(found.size(), 2u);
  for (size_t row = 0; row < 2; ++row) {
    const bool is_a = found.head(row).key == "a";
    EXPECT_EQ(found.row(row)[0], text(is_a ? "a" : "b"));
    EXPECT_EQ(found.row(row)[1], number(is_a ? "1" : "2"));
    EXPECT_EQ(found.row(row)[2], is_a ? text("A") : kNull);
  }
}

TEST_P(SqlConformance, MakesTheTableOutOfWhatTheMappingKnows) {
  connect({{"createTable", true}, {"key", "Id"}, {"softDeleteField", "removed"}});
  const std::vector<FieldSchema> hints{
      hint("Id", FieldType::text),      hint("Amount", FieldType::number, 30, 10), hint("Small", FieldType::number, 10, 2),
      hint("Count", FieldType::integer), hint("Active", FieldType::boolean),       hint("Day", FieldType::date),
      hint("At", FieldType::datetime),   hint("Tags", FieldType::json)};
  const std::vector<std::string> names{"Id", "Amount", "Small", "Count", "Active", "Day", "At", "Tags"};
  const auto writer = open("New Table", names, hints);
  const std::vector<Value> row{text("x1"), number("12345678901234567890.0123456789"), number("12.5"), number("9007199254740993"),
                               Value::boolean(true), text("2026-02-28"), text("2026-02-28T23:59:59.123456Z"), Value::json("[1,{\"a\":null}]")};
  EXPECT_EQ(outcomes(write(*writer, {row})), "C");
  EXPECT_EQ(outcomes(write(*writer, {row})), "=");
  const Schema schema = context_.wait(target_->describe("New Table"));
  EXPECT_EQ(schema.key_field, "Id");
  EXPECT_TRUE(schema.find("Id")->unique);
  for (const FieldSchema& one : hints) EXPECT_EQ(schema.find(one.name)->type, one.type) << one.name;
  ASSERT_TRUE(schema.find("removed"));
  EXPECT_EQ(schema.find("removed")->type, FieldType::boolean);

  const Read back = read("New Table", names);
  ASSERT_EQ(back.pages.at(0).records.size(), 1u);
  const auto cells = back.pages[0].records.row(0);
  for (const size_t exact : {0, 1, 3, 4, 5, 7}) EXPECT_EQ(cells[exact].view(), row[exact].view()) << names[exact];
  EXPECT_EQ(cells[1].kind(), ValueKind::number);
  EXPECT_EQ(cells[4].kind(), ValueKind::boolean);
  EXPECT_EQ(cells[6].view().substr(0, 26), "2026-02-28T23:59:59.123456");
  EXPECT_EQ(context_.wait(connection_->objects()), std::vector<std::string>{"New Table"});
  EXPECT_NO_THROW((void)open("New Table", names, hints)) << "a table that is there is used as it is";
}

TEST_P(SqlConformance, NamesEveryFaultOfAPlanAtOnce) {
  system_->execute("CREATE TABLE t (id TEXT PRIMARY KEY, other TEXT)");
  connect();
  EXPECT_NE(error_of([&] { (void)open("none", {"id"}); }).message().find("none"), std::string::npos);
  EXPECT_EQ(error_of([&] { (void)open("none", {"id"}); }).kind(), ErrorKind::invalid);
  const Error columns = error_of([&] { (void)open("t", {"id", "x", "y"}); });
  EXPECT_NE(columns.message().find("\"x\""), std::string::npos) << columns.message();
  EXPECT_NE(columns.message().find("\"y\""), std::string::npos) << columns.message();
  const Error key = error_of([&] { (void)open("t", {"id", "other"}, {}, "other"); });
  EXPECT_NE(key.message().find("UNIQUE"), std::string::npos) << key.message();
  const Error paths = error_of([&] { (void)read("t", {"id", "x", "y"}); });
  EXPECT_NE(paths.message().find("\"x\""), std::string::npos) << paths.message();
  EXPECT_NE(paths.message().find("\"y\""), std::string::npos) << paths.message();
}

TEST_P(SqlConformance, CarriesEveryTextToTheByte) {
  system_->execute("CREATE TABLE t (id TEXT PRIMARY KEY, v TEXT)");
  connect();
  const auto writer = open("t", {"id", "v"});
  const std::vector<std::string> nasty{"", " ", "NULL", "\\N", "\\", "\\\\", "a\tb", "a\nb", "a\r\nb", "\\.", "\n\\.\n", "'", "\"", "\"\"",
                                       "{\"a\":1}", "{1,2}", ",", "\xC3\xA9", "\xF0\x9F\x98\x80", "0012", "1.10", "1e3", "true", "#N/A",
                                       "\x01\x02\x7f", "\xE2\x80\xA8", "\b\f\v", "$1", "%s", std::string(1'000'000, 'x')};
  std::vector<std::string> keys;
  for (size_t i = 0; i < nasty.size(); ++i) keys.push_back("k" + std::to_string(100 + i));
  std::vector<std::vector<Value>> rows;
  for (size_t i = 0; i < nasty.size(); ++i) rows.push_back({text(keys[i]), text(nasty[i])});
  EXPECT_EQ(outcomes(write(*writer, rows)), std::string(nasty.size(), 'C'));
  EXPECT_EQ(outcomes(write(*writer, rows)), std::string(nasty.size(), '='));
  const Read back = read("t", {"v"}, 7);
  ASSERT_EQ(back.keys(), keys);
  size_t i = 0;
  for (const Page& page : back.pages)
    for (size_t row = 0; row < page.records.size(); ++row, ++i) EXPECT_EQ(page.records.row(row)[0], text(nasty[i])) << i;

  // The same texts as keys.
  system_->execute("DELETE FROM t");
  rows.clear();
  for (const std::string& one : nasty)
    if (one.size() < 1000) rows.push_back({text(one), text("v")});
  EXPECT_EQ(outcomes(write(*writer, rows)), std::string(rows.size(), 'C'));
  EXPECT_EQ(outcomes(write(*writer, rows)), std::string(rows.size(), '='));
  const Read again = read("t", {"v"}, 3);
  EXPECT_EQ(again.keys().size(), rows.size());
  EXPECT_EQ(again.key_set(), std::set<std::string>(nasty.begin(), nasty.end() - 1));
  EXPECT_EQ(outcomes(remove(*writer, again.keys(), DeleteKind::hard)), std::string(rows.size(), 'D'));
  EXPECT_EQ(system_->query("SELECT count(*) FROM t"), (SqlRows{{"0"}}));
}

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
  for (int i = 0; i < 50; ++i) system_->execute("INSERT INTO t VALUES (" + std::to_string(i) + ", 'v', '2020-01-01 10:00:00')");
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
  system_->execute("INSERT INTO t VALUES (1, '2020-01-01 10:00:00'), (2, '2020-01-01 11:55:00'), (3, '2020-01-01 12:00:00')");
  connect({{"versionField", "changed"}});
  const Cursor start = read("t", {"id"}).end();
  EXPECT_EQ(read("t", {"id"}, 10, true, start).keys(), (std::vector<std::string>{"2", "3"})) << "the last ten minutes again";
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
  system_->execute("CREATE TABLE t (id INTEGER PRIMARY KEY, \"Odd Name\" TEXT NOT NULL, amount DECIMAL(18,2), changed TIMESTAMP)");
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

TEST_P(SqlConformance, CarriesBinaryColumnsAsBase64) {
  system_->execute(std::string("CREATE TABLE t (id TEXT PRIMARY KEY, b ") + (GetParam() == "sqlite" ? "BLOB" : "BYTEA") + ")");
  connect();
  const auto writer = open("t", {"id", "b"});
  const BatchReceipt receipt = write(*writer, {{text("1"), text("AAH/")}, {text("2"), text("not base64")}, {text("3"), text("")}});
  EXPECT_EQ(outcomes(receipt), "CRC");
  EXPECT_EQ(receipt.rejections.at(0).field, "b");
  const Read back = read("t", {"b"});
  EXPECT_EQ(back.pages[0].records.row(0)[0], text("AAH/"));
  EXPECT_EQ(back.pages[0].records.row(1)[0], text(""));
}

TEST_P(SqlConformance, SaysAsWhomItIsConnectedToWhat) {
  connect();
  EXPECT_FALSE(context_.wait(connection_->test()).empty());
  EXPECT_EQ(connection_->identity().find(GetParam() + ":"), 0u) << connection_->identity();
  const uint64_t calls = connection_->calls();
  (void)context_.wait(connection_->objects());
  EXPECT_GT(connection_->calls(), calls);
}

TEST_P(SqlConformance, ReadsBackWhatItWroteForManyRandomRows) {
  system_->execute("CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, n DECIMAL(10,2))");
  connect();
  const auto writer = open("t", {"id", "a", "n"});
  std::mt19937 random(17);
  std::map<int, std::pair<std::string, std::string>> model;
  for (int round = 0; round < 20; ++round) {
    std::map<int, std::pair<std::string, std::string>> changes;
    for (int i = 0; i < 100; ++i) {
      const int id = static_cast<int>(random() % 500);
      std::string letters;
      for (unsigned k = random() % 8; k > 0; --k) letters += static_cast<char>(random() % 126 + 1);
      changes[id] = {letters, std::to_string(random() % 1000) + ".25"};
    }
    std::vector<std::string> ids;
    for (const auto& [id, values] : changes) ids.push_back(std::to_string(id));
    std::vector<std::vector<Value>> rows;
    size_t at = 0;
    std::string expected;
    for (const auto& [id, values] : changes) {
      rows.push_back({number(ids[at++]), text(values.first), number(values.second)});
      const auto known = model.find(id);
      expected += known == model.end() ? 'C' : known->second == values ? '=' : 'U';
      model[id] = values;
    }
    ASSERT_EQ(outcomes(write(*writer, rows)), expected) << round;
  }
  const Read back = read("t", {"a", "n"}, 33);
  size_t rows = 0;
  for (const Page& page : back.pages) {
    for (size_t row = 0; row < page.records.size(); ++row, ++rows) {
      const auto& known = model.at(std::stoi(std::string(page.records.head(row).key)));
      EXPECT_EQ(page.records.row(row)[0], text(known.first));
      EXPECT_EQ(page.records.row(row)[1], number(known.second));
    }
  }
  EXPECT_EQ(rows, model.size());
}

INSTANTIATE_TEST_SUITE_P(Databases, SqlConformance, testing::Values("sqlite", "postgresql"),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace nexpo

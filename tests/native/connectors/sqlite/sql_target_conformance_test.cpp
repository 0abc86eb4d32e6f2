// What SQL databases must do as targets.
#include "connectors/sqlite/sql_conformance.hpp"

namespace nexpo {
namespace {

using std::nullopt;

Value text(std::string_view value) { return Value::text(value); }
Value number(std::string_view value) { return Value::number(value); }
const Value kNull = Value::null();
const Value kUnset;

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

/// Rows of many sizes do not lie in a table in the order in which they came, and a page is sent in several pieces.
TEST_P(SqlConformance, TellsOutcomesOfALargePageApartRowByRow) {
  system_->execute("CREATE TABLE t (id TEXT PRIMARY KEY, name TEXT)");
  connect();
  const auto writer = open("t", {"id", "name"});
  constexpr size_t kRows = 3000;
  std::mt19937 random(23);
  std::vector<std::string> ids, names;
  for (size_t i = 0; i < kRows; ++i) {
    ids.push_back("key " + std::to_string(i * 7919 % kRows));
    names.push_back(std::string(random() % 400, 'x'));
  }
  const auto write_first = [&](size_t count) {
    std::vector<std::vector<Value>> rows;
    for (size_t i = 0; i < count; ++i) rows.push_back({text(ids[i]), text(names[i])});
    return outcomes(write(*writer, rows));
  };
  EXPECT_EQ(write_first(kRows / 2), std::string(kRows / 2, 'C'));
  std::string expected(kRows, '=');
  for (size_t i = 0; i < kRows; ++i) {
    if (i >= kRows / 2) expected[i] = 'C';
    if (i < kRows / 2 && random() % 3 == 0) {
      names[i] += "changed";
      expected[i] = 'U';
    }
  }
  EXPECT_EQ(write_first(kRows), expected);
}

TEST_P(SqlConformance, LeavesUnsetCellsAloneAndClearsNulls) {
  system_->execute("CREATE TABLE t (id TEXT PRIMARY KEY, a TEXT DEFAULT 'default', b TEXT)");
  connect();
  const auto writer = open("t", {"id", "a", "b"});
  write(*writer, {{text("1"), text("a1"), text("b1")}, {text("2"), kUnset, text("b2")}, {text("3"), kNull, text("")}});
  EXPECT_EQ(system_->query("SELECT * FROM t ORDER BY id"),
            (SqlRows{{"1", "a1", "b1"}, {"2", "default", "b2"}, {"3", nullopt, ""}}));
  EXPECT_EQ(
      outcomes(write(*writer, {{text("1"), kUnset, kNull}, {text("2"), kNull, kUnset}, {text("3"), kUnset, kUnset}})),
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
  system_->execute(
      "CREATE TABLE t (id TEXT PRIMARY KEY, name TEXT NOT NULL, n INTEGER CHECK (n < 10), email TEXT UNIQUE)");
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
  EXPECT_EQ(system_->query("SELECT id, name FROM t ORDER BY id"), (SqlRows{{"a", "A"}, {"e", "E"}, {"there", "y"}}));
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
  const std::vector<FieldSchema> hints{hint("Id", FieldType::text),
                                       hint("Amount", FieldType::number, 30, 10),
                                       hint("Small", FieldType::number, 10, 2),
                                       hint("Count", FieldType::integer),
                                       hint("Active", FieldType::boolean),
                                       hint("Day", FieldType::date),
                                       hint("At", FieldType::datetime),
                                       hint("Tags", FieldType::json)};
  const std::vector<std::string> names{"Id", "Amount", "Small", "Count", "Active", "Day", "At", "Tags"};
  const auto writer = open("New Table", names, hints);
  const std::vector<Value> row{text("x1"),
                               number("12345678901234567890.0123456789"),
                               number("12.5"),
                               number("9007199254740993"),
                               Value::boolean(true),
                               text("2026-02-28"),
                               text("2026-02-28T23:59:59.123456Z"),
                               Value::json("[1,{\"a\":null}]")};
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
  const std::vector<ObjectSummary> objects = context_.wait(connection_->objects());
  ASSERT_EQ(objects.size(), 1u);
  EXPECT_EQ(objects[0].label, "New Table");
  EXPECT_TRUE(objects[0].creatable && objects[0].updatable);
  EXPECT_EQ(context_.wait(target_->describe(objects[0].name)).fields.size(), names.size() + 1)
      << "the mark of removal stands beside the mapped fields";
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
  const std::vector<std::string> nasty{"",
                                       " ",
                                       "NULL",
                                       "\\N",
                                       "\\",
                                       "\\\\",
                                       "a\tb",
                                       "a\nb",
                                       "a\r\nb",
                                       "\\.",
                                       "\n\\.\n",
                                       "'",
                                       "\"",
                                       "\"\"",
                                       "{\"a\":1}",
                                       "{1,2}",
                                       ",",
                                       "\xC3\xA9",
                                       "\xF0\x9F\x98\x80",
                                       "0012",
                                       "1.10",
                                       "1e3",
                                       "true",
                                       "#N/A",
                                       "\x01\x02\x7f",
                                       "\xE2\x80\xA8",
                                       "\b\f\v",
                                       "$1",
                                       "%s",
                                       std::string(1'000'000, 'x')};
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
    for (size_t row = 0; row < page.records.size(); ++row, ++i)
      EXPECT_EQ(page.records.row(row)[0], text(nasty[i])) << i;

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

TEST_P(SqlConformance, CarriesBinaryColumnsAsBase64) {
  system_->execute(std::string("CREATE TABLE t (id TEXT PRIMARY KEY, b ") +
                   (GetParam() == "sqlite" ? "BLOB" : "BYTEA") + ")");
  connect();
  const auto writer = open("t", {"id", "b"});
  const BatchReceipt receipt =
      write(*writer, {{text("1"), text("AAH/")}, {text("2"), text("not base64")}, {text("3"), text("")}});
  EXPECT_EQ(outcomes(receipt), "CRC");
  EXPECT_EQ(receipt.rejections.at(0).field, "b");
  const Read back = read("t", {"b"});
  EXPECT_EQ(back.pages[0].records.row(0)[0], text("AAH/"));
  EXPECT_EQ(back.pages[0].records.row(1)[0], text(""));
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

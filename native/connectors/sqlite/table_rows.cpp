#include "connectors/sqlite/table_rows.hpp"

#include <charconv>
#include <unordered_set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "sql/identifier.hpp"

namespace nexpo::sqlite {
namespace {

/// A column without a type keeps numbers as numbers, and no text equals one of them.
void bind_as_number(sql::SqliteStatement& statement, int index, const std::string& key) {
  int64_t number = 0;
  const auto [end, fault] = std::from_chars(key.data(), key.data() + key.size(), number);
  if (fault == std::errc() && end == key.data() + key.size())
    statement.bind(index, number);
  else
    statement.bind(index, nullptr);
}

}  // namespace

TableRows::TableRows(Table table, const std::string& key, const std::string& version, const Settings& settings,
                     std::vector<std::string> paths)
    : table_(std::move(table)), key_(table_.find(key)) {
  if (!version.empty()) version_ = table_.find(version);
  if (!settings.soft_delete_field.empty()) removed_ = table_.find(settings.soft_delete_field);
  for (const std::string& path : paths) columns_.push_back(table_.find(path));
  shape_ = std::make_shared<const std::vector<std::string>>(std::move(paths));
}

std::string TableRows::selected() const {
  std::vector<std::string> names{sql::quoted(key_->name), version_ ? sql::quoted(version_->name) : "NULL",
                                 removed_ ? sql::quoted(removed_->name) : "NULL"};
  for (const Column* column : columns_) names.push_back(sql::quoted(column->name));
  return fmt::format("{}", fmt::join(names, ", "));
}

void TableRows::add(const sql::SqliteStatement& row, bool deletions, RecordBatch& into) const {
  Arena& arena = *into.arena();
  RowHead head;
  if (is_removed(row)) {
    if (!deletions) return;
    head.op = RecordOp::remove;
  }
  head.key = read_cell(row, 0, *key_, arena).view();
  if (version_) head.version = read_cell(row, 1, *version_, arena).view();
  const std::span<Value> cells = into.add(head);
  for (size_t slot = 0; slot < cells.size(); ++slot)
    cells[slot] = read_cell(row, static_cast<int>(slot) + 3, *columns_[slot], arena);
}

bool TableRows::is_removed(const sql::SqliteStatement& row) const {
  if (!removed_ || row.is_null(2)) return false;
  return row.type(2) != SQLITE_INTEGER || row.integer(2) != 0;
}

RecordBatch TableRows::fetch(sql::SqliteDatabase& database, const Column& column,
                             const std::vector<std::string>& keys) const {
  RecordBatch found(shape_, std::make_shared<Arena>());
  const bool untyped = column.affinity == Affinity::blob && column.type != FieldType::binary;
  sql::SqliteStatement& select =
      database.statement(fmt::format("SELECT {0} FROM {1} WHERE {2} {3}", selected(), sql::quoted(table_.name),
                                     sql::quoted(column.name), untyped ? "IN (?1, ?2)" : "= ?1"));
  std::unordered_set<std::string_view> asked;
  for (const std::string& key : keys) {
    if (key.empty() || !asked.insert(key).second) continue;
    select.reset();
    if (bind_cell(select, 1, Value::text(key), column, *found.arena())) continue;
    if (untyped) bind_as_number(select, 2, key);
    while (select.step()) add(select, false, found);
  }
  select.reset();
  return found;
}

}  // namespace nexpo::sqlite

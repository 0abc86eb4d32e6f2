#include "connectors/postgresql/table_rows.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "sql/identifier.hpp"
#include "sql/pg_copy.hpp"

namespace nexpo::postgresql {
namespace {

/// The column's type without length or scale: a cast to those would cut or round a key until it fits.
std::string open_type(const Column& column) {
  if (column.base == "bpchar") return "bpchar";  // without a length, `character` means one character
  const size_t from = column.native.find('('), to = column.native.find(')');
  if (from == std::string::npos || column.native.find('"') != std::string::npos) return column.native;
  return column.native.substr(0, from) + column.native.substr(to + 1);
}

/// The keys of parameter 1, as values of the column.
std::string keys_sql(const Column& column) {
  if (column.type == FieldType::binary) return "SELECT decode(k, 'base64') FROM unnest($1::text[]) AS keys (k)";
  return fmt::format("$1::text[]::{}[]", open_type(column));
}

Value cell(const pqxx::field& field, const Column& column, Arena& arena) {
  return read_cell(field.is_null() ? nullptr : field.c_str(), field.size(), column, arena);
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

std::string TableRows::removed_sql() const {
  if (!removed_) return "false";
  const std::string name = sql::quoted(removed_->name);
  if (removed_->type == FieldType::boolean) return name + " IS TRUE";
  if (removed_->type == FieldType::integer || removed_->type == FieldType::number)
    return name + " IS DISTINCT FROM 0 AND " + name + " IS NOT NULL";
  return name + " IS NOT NULL";
}

std::string TableRows::selected() const {
  std::vector<std::string> names{sql::quoted(key_->name), version_ ? sql::quoted(version_->name) : "NULL",
                                 removed_sql()};
  for (const Column* column : columns_) names.push_back(postgresql::selected(*column, sql::quoted(column->name)));
  return fmt::format("{}", fmt::join(names, ", "));
}

void TableRows::add(const pqxx::row& row, bool deletions, RecordBatch& into) const {
  Arena& arena = *into.arena();
  RowHead head;
  if (row[2].c_str()[0] == 't') {
    if (!deletions) return;
    head.op = RecordOp::remove;
  }
  head.key = cell(row[0], *key_, arena).view();
  if (version_) head.version = cell(row[1], *version_, arena).view();
  const std::span<Value> cells = into.add(head);
  for (size_t slot = 0; slot < cells.size(); ++slot)
    cells[slot] = cell(row[static_cast<pqxx::row::size_type>(slot + 3)], *columns_[slot], arena);
}

RecordBatch TableRows::fetch(sql::PgConnection& connection, const Column& column, std::vector<std::string> keys) const {
  std::erase(keys, "");
  RecordBatch found(shape_, std::make_shared<Arena>());
  const std::string select = fmt::format("SELECT {} FROM {} WHERE {} = ANY ({})", selected(), table_.quoted(),
                                         sql::quoted(column.name), keys_sql(column));
  fetch_some(connection, select, keys, found);
  return found;
}

/// A key that the column's type cannot take fails the statement: then each half is asked for by itself, down to that
/// key, which no row has.
void TableRows::fetch_some(sql::PgConnection& connection, const std::string& select, std::span<const std::string> keys,
                           RecordBatch& found) const {
  if (keys.empty()) return;
  sql::PgArray wanted(sql::PgElement::text, keys.size());
  for (const std::string& key : keys) wanted.add(key);
  bool refused = false;
  try {
    for (const pqxx::row& row :
         pqxx::nontransaction(connection).exec_params(select, pqxx::binarystring(wanted.bytes())))
      add(row, false, found);
  } catch (const pqxx::sql_error& error) {
    if (!sql::PgFailure{error.sqlstate(), {}, {}, {}}.is_row_fault()) throw;
    refused = true;
  }
  if (!refused || keys.size() == 1) return;
  const size_t half = keys.size() / 2;
  fetch_some(connection, select, keys.first(half), found);
  fetch_some(connection, select, keys.subspan(half), found);
}

}  // namespace nexpo::postgresql

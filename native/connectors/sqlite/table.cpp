#include "connectors/sqlite/table.hpp"

#include <fmt/format.h>
#include <strings.h>

#include <charconv>

#include "sql/identifier.hpp"

namespace nexpo::sqlite {
namespace {

constexpr int kExactDigits = 15;    // decimal digits that a double always keeps
constexpr int kIntegerDigits = 18;  // decimal digits that always fit in 64 bits

bool same_name(std::string_view a, std::string_view b) {
  return a.size() == b.size() && strncasecmp(a.data(), b.data(), a.size()) == 0;
}

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return out;
}

bool holds_any(std::string_view text, std::initializer_list<std::string_view> words) {
  for (const std::string_view word : words)
    if (text.find(word) != std::string_view::npos) return true;
  return false;
}

void mark_unique_columns(sql::SqliteDatabase& database, Table& table) {
  int key_columns = 0;
  for (const Column& column : table.columns) key_columns += column.key_position > 0;
  for (Column& column : table.columns) column.unique = key_columns == 1 && column.key_position == 1;
  // Partial indexes do not count: an upsert needs one that holds for every row.
  database
      .statement(
          "SELECT min(i.name), count(*) FROM pragma_index_list(?1) l, pragma_index_info(l.name) i "
          "WHERE l.\"unique\" AND NOT l.partial GROUP BY l.name HAVING count(*) = 1")
      .each(
          [&](const auto& row) {
            for (Column& column : table.columns)
              if (same_name(column.name, row.text(0))) column.unique = true;
          },
          std::string_view(table.name));
}

}  // namespace

const Column* Table::find(std::string_view column) const {
  for (const Column& one : columns)
    if (same_name(one.name, column)) return &one;
  return nullptr;
}

Affinity affinity_of(std::string_view declared) {
  const std::string type = upper(declared);
  if (holds_any(type, {"INT"})) return Affinity::integer;
  if (holds_any(type, {"CHAR", "CLOB", "TEXT"})) return Affinity::text;
  if (type.empty() || holds_any(type, {"BLOB"})) return Affinity::blob;
  if (holds_any(type, {"REAL", "FLOA", "DOUB"})) return Affinity::real;
  return Affinity::numeric;
}

FieldType field_type_of(std::string_view declared) {
  const std::string type = upper(declared);
  if (holds_any(type, {"BOOL"})) return FieldType::boolean;
  if (holds_any(type, {"DATETIME", "TIMESTAMP"})) return FieldType::datetime;
  if (holds_any(type, {"DATE"})) return FieldType::date;
  if (holds_any(type, {"TIME"})) return FieldType::time;
  if (holds_any(type, {"JSON"})) return FieldType::json;
  if (holds_any(type, {"DEC", "NUM", "REAL", "FLOA", "DOUB", "MONEY"})) return FieldType::number;
  if (holds_any(type, {"INT"})) return FieldType::integer;
  if (holds_any(type, {"BLOB"})) return FieldType::binary;
  return FieldType::text;
}

std::string declared_type_for(const FieldSchema& hint) {
  switch (hint.type) {
    case FieldType::integer:
      return hint.precision.value_or(0) <= kIntegerDigits ? "INTEGER"
                                                          : fmt::format("DECIMAL_TEXT({})", *hint.precision);
    case FieldType::number:
      if (!hint.precision) return "DECIMAL_TEXT";
      return fmt::format("{}({},{})", *hint.precision <= kExactDigits ? "DECIMAL" : "DECIMAL_TEXT", *hint.precision,
                         hint.scale.value_or(0));
    case FieldType::boolean: return "BOOLEAN";
    case FieldType::date: return "DATE";
    case FieldType::datetime: return "DATETIME";
    case FieldType::time: return "TIME";
    case FieldType::json: return "JSON";
    case FieldType::binary: return "BLOB";
    case FieldType::text:
    case FieldType::reference: return "TEXT";
  }
  return "TEXT";
}

std::optional<Table> find_table(sql::SqliteDatabase& database, std::string_view name) {
  Table table;
  const auto kind = [&](const auto& row) {
    table.name = row.string(0);
    table.is_view = row.text(1) == "view";
    table.is_virtual = row.text(1) == "virtual";
    table.has_rowid = row.integer(2) == 0;
  };
  if (!database
           .statement("SELECT name, type, wr FROM pragma_table_list WHERE schema = 'main' AND name = ? COLLATE NOCASE")
           .first(kind, name))
    return std::nullopt;
  const auto column = [&](const auto& row) {
    Column one;
    one.name = row.string(0);
    one.declared = row.string(1);
    one.affinity = affinity_of(one.declared);
    one.type = field_type_of(one.declared);
    one.not_null = row.integer(2) != 0;
    one.has_default = row.integer(3) != 0;
    one.key_position = static_cast<int>(row.integer(4));
    one.generated = row.integer(5) > 1;
    table.columns.push_back(std::move(one));
  };
  database
      .statement(
          "SELECT name, type, \"notnull\", dflt_value IS NOT NULL, pk, hidden FROM pragma_table_xinfo(?) "
          "WHERE hidden <> 1")
      .each(column, std::string_view(table.name));
  mark_unique_columns(database, table);
  return table;
}

}  // namespace nexpo::sqlite

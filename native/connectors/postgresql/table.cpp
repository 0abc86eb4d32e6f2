#include "connectors/postgresql/table.hpp"

#include <fmt/format.h>
#include <strings.h>

#include <array>
#include <utility>

#include <nlohmann/json.hpp>

#include "sql/identifier.hpp"

namespace nexpo::postgresql {
namespace {

FieldType field_type_of(std::string_view base, char category) {
  static constexpr std::array<std::pair<std::string_view, FieldType>, 17> kTypes{{
      {"bool", FieldType::boolean},
      {"int2", FieldType::integer},
      {"int4", FieldType::integer},
      {"int8", FieldType::integer},
      {"oid", FieldType::integer},
      {"numeric", FieldType::number},
      {"float4", FieldType::number},
      {"float8", FieldType::number},
      {"date", FieldType::date},
      {"timestamp", FieldType::datetime},
      {"timestamptz", FieldType::datetime},
      {"time", FieldType::time},
      {"timetz", FieldType::time},
      {"json", FieldType::json},
      {"jsonb", FieldType::json},
      {"bytea", FieldType::binary},
      {"record", FieldType::json},
  }};
  if (category == 'A' || category == 'C') return FieldType::json;
  for (const auto& [name, type] : kTypes)
    if (name == base) return type;
  return FieldType::text;
}

/// Length, precision and scale out of the type modifier, as PostgreSQL packs them.
void read_modifier(Column& column, int modifier) {
  constexpr int kHeader = 4;
  if (modifier < kHeader) return;
  if (column.base == "varchar" || column.base == "bpchar") column.length_max = modifier - kHeader;
  if (column.base != "numeric") return;
  column.precision = (modifier - kHeader) >> 16 & 0xffff;
  column.scale = (modifier - kHeader) & 0x7ff;
}

struct Place {
  std::string oid;
  std::string schema;
  std::string name;
  std::string kind;
};

/// Exact names before names that differ in case; the search path's order where no schema is asked for.
std::optional<Place> find_place(pqxx::nontransaction& session, const std::string& schema, const std::string& name) {
  const pqxx::result found = session.exec_params(
      "SELECT c.oid, n.nspname, c.relname, c.relkind FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
      "WHERE lower(c.relname) = lower($2) AND c.relkind IN ('r', 'p', 'v', 'm', 'f') "
      "AND CASE WHEN $1 = '' THEN n.nspname = ANY (current_schemas(true)) ELSE n.nspname = $1 END "
      "ORDER BY c.relname = $2 DESC, array_position(current_schemas(true), n.nspname) LIMIT 1",
      schema, name);
  if (found.empty()) return std::nullopt;
  const pqxx::row row = found[0];
  return Place{row[0].c_str(), row[1].c_str(), row[2].c_str(), row[3].c_str()};
}

constexpr const char* kColumns = R"sql(
  SELECT a.attname, format_type(a.atttypid, a.atttypmod), b.typname, b.typcategory,
    CASE WHEN t.typtype = 'd' THEN t.typtypmod ELSE a.atttypmod END, a.attnotnull OR t.typnotnull, a.atthasdef
    OR a.attidentity <> '' OR t.typdefault IS NOT NULL, a.attgenerated <> '' OR a.attidentity = 'a',
    coalesce(NOT l.collisdeterministic, false),
    EXISTS (SELECT FROM pg_index i WHERE i.indrelid = a.attrelid AND i.indisunique AND i.indisvalid AND i.indimmediate
      AND i.indpred IS NULL AND i.indnkeyatts = 1 AND i.indkey[0] = a.attnum),
    coalesce((SELECT array_position(i.indkey::int2[], a.attnum) + 1 FROM pg_index i
      WHERE i.indrelid = a.attrelid AND i.indisprimary AND a.attnum = ANY (i.indkey)), 0),
    (SELECT to_json(array_agg(e.enumlabel ORDER BY e.enumsortorder)) FROM pg_enum e WHERE e.enumtypid = b.oid)
  FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
    JOIN pg_type b ON b.oid = CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END
    LEFT JOIN pg_collation l ON l.oid = a.attcollation
  WHERE a.attrelid = $1::oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
)sql";

Column column_of(const pqxx::row& row) {
  Column column;
  column.name = row[0].c_str();
  column.native = row[1].c_str();
  column.base = row[2].c_str();
  column.category = row[3].c_str()[0];
  column.type = field_type_of(column.base, column.category);
  read_modifier(column, row[4].as<int>());
  column.not_null = row[5].as<bool>();
  column.has_default = row[6].as<bool>();
  column.generated = row[7].as<bool>();
  column.odd_collation = row[8].as<bool>();
  column.unique = row[9].as<bool>();
  column.key_position = row[10].as<int>();
  if (!row[11].is_null()) column.values = nlohmann::json::parse(row[11].c_str()).get<std::vector<std::string>>();
  return column;
}

}  // namespace

std::string Table::quoted() const { return sql::quoted(schema) + "." + sql::quoted(name); }

const Column* Table::find(std::string_view column) const {
  for (const Column& one : columns)
    if (one.name == column) return &one;
  for (const Column& one : columns)
    if (one.name.size() == column.size() && strncasecmp(one.name.data(), column.data(), column.size()) == 0)
      return &one;
  return nullptr;
}

std::optional<Table> find_table(sql::PgConnection& connection, const std::string& schema, const std::string& object) {
  pqxx::nontransaction session(connection);
  std::optional<Place> place = find_place(session, schema, object);
  const size_t dot = object.find('.');
  if (!place && dot != std::string::npos) place = find_place(session, object.substr(0, dot), object.substr(dot + 1));
  if (!place) return std::nullopt;
  Table table;
  table.schema = place->schema;
  table.name = place->name;
  table.is_writable = place->kind == "r" || place->kind == "p";
  for (const pqxx::row& row : session.exec_params(kColumns, place->oid)) table.columns.push_back(column_of(row));
  return table;
}

std::string type_for(const FieldSchema& hint) {
  constexpr int kBigintDigits = 18;
  switch (hint.type) {
    case FieldType::integer: return hint.precision.value_or(0) <= kBigintDigits ? "bigint" : "numeric";
    case FieldType::number:
      return hint.precision && hint.scale ? fmt::format("numeric({},{})", *hint.precision, *hint.scale) : "numeric";
    case FieldType::boolean: return "boolean";
    case FieldType::date: return "date";
    case FieldType::datetime: return "timestamptz";
    case FieldType::time: return "time";
    case FieldType::json: return "jsonb";
    case FieldType::binary: return "bytea";
    case FieldType::text:
    case FieldType::reference: return "text";
  }
  return "text";
}

}  // namespace nexpo::postgresql

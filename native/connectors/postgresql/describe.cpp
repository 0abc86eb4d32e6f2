#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "connectors/postgresql/postgresql.hpp"

namespace nexpo::postgresql {
namespace {

constexpr size_t kNamesShown = 20;

int key_columns(const Table& table) {
  return static_cast<int>(std::count_if(table.columns.begin(), table.columns.end(),
                                        [](const Column& one) { return one.key_position > 0; }));
}

}  // namespace

std::vector<std::string> table_names(sql::PgConnection& connection, const Settings& settings) {
  const pqxx::result found =
      pqxx::nontransaction(connection)
          .exec_params(
              "SELECT CASE WHEN $1 <> '' OR n.nspname = ANY (current_schemas(false)) THEN c.relname "
              "ELSE n.nspname || '.' || c.relname END "
              "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
              "WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition AND n.nspname NOT LIKE 'pg\\_%' "
              "AND n.nspname <> 'information_schema' AND ($1 = '' OR n.nspname = $1) ORDER BY 1",
              settings.schema);
  std::vector<std::string> names;
  for (const pqxx::row& row : found) names.emplace_back(row[0].c_str());
  return names;
}

std::vector<ObjectSummary> list_tables(sql::PgConnection& connection, const Settings& settings) {
  const pqxx::result found =
      pqxx::nontransaction(connection)
          .exec_params(
              "SELECT n.nspname || '.' || c.relname, c.relname, has_table_privilege(c.oid, 'SELECT') AS readable, "
              "c.relkind IN ('r', 'p') AND has_table_privilege(c.oid, 'INSERT') AS creatable, "
              "c.relkind IN ('r', 'p') AND has_table_privilege(c.oid, 'UPDATE') AS updatable "
              "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
              "WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition AND n.nspname NOT LIKE 'pg\\_%' "
              "AND n.nspname <> 'information_schema' AND ($1 = '' OR n.nspname = $1) "
              "AND has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT, INSERT, UPDATE') "
              "ORDER BY n.nspname, c.relname",
              settings.schema);
  std::vector<ObjectSummary> tables;
  for (const pqxx::row& row : found)
    tables.push_back({row[0].c_str(), row[1].c_str(), row[2].as<bool>(), row[3].as<bool>(), row[4].as<bool>()});
  return tables;
}

Table require_table(sql::PgConnection& connection, const Settings& settings, const std::string& object) {
  if (std::optional<Table> table = find_table(connection, settings.schema, object)) return *std::move(table);
  std::vector<std::string> names = table_names(connection, settings);
  const bool more = names.size() > kNamesShown;
  if (more) names.resize(kNamesShown);
  throw Error(ErrorKind::invalid,
              fmt::format("{}: there is no table \"{}\"; {}", connection.address().shown(), object,
                          names.empty() ? "there are no tables that this user can see"
                                        : fmt::format("there are {}{}", fmt::join(names, ", "), more ? ", ..." : "")))
      .with_field(object);
}

const Column& key_column(const Table& table, const Settings& settings) {
  if (!settings.key.empty()) {
    if (const Column* column = table.find(settings.key)) return *column;
    throw Error(ErrorKind::invalid, fmt::format("key: table \"{}\" has no column \"{}\"", table.name, settings.key))
        .with_field("key");
  }
  if (key_columns(table) == 1)
    for (const Column& column : table.columns)
      if (column.key_position == 1) return column;
  throw Error(ErrorKind::invalid,
              fmt::format("key: table \"{}\" has {}; set \"key\" to one column that identifies a row", table.name,
                          key_columns(table) == 0 ? "no primary key" : "a primary key of several columns"))
      .with_field("key");
}

Schema schema_of(const Table& table, const Settings& settings) {
  Schema schema;
  schema.object = table.name;
  for (const Column& column : table.columns) {
    FieldSchema field;
    field.name = field.label = column.name;
    field.type = column.type;
    field.native_type = column.native;
    field.length_max = column.length_max;
    field.precision = column.precision;
    field.scale = column.scale;
    field.nullable = !column.not_null;
    field.creatable = field.updatable = table.is_writable && !column.generated;
    field.required = column.not_null && !column.has_default && !column.generated;
    field.unique = column.unique;
    field.values = column.values;
    schema.fields.push_back(std::move(field));
    schema.etag += fmt::format("{} {} {};", column.name, column.native, column.not_null);
  }
  if (!settings.key.empty() || key_columns(table) == 1) schema.key_field = key_column(table, settings).name;
  if (!settings.version_field.empty()) {
    const Column* version = table.find(settings.version_field);
    if (!version)
      throw Error(ErrorKind::invalid,
                  fmt::format("versionField: table \"{}\" has no column \"{}\"", table.name, settings.version_field))
          .with_field("versionField");
    schema.version_field = version->name;
  }
  return schema;
}

}  // namespace nexpo::postgresql

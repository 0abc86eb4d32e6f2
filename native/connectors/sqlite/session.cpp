#include <fmt/format.h>
#include <fmt/ranges.h>

#include "connectors/sqlite/sqlite.hpp"

namespace nexpo::sqlite {

sql::SqliteDatabase& Session::open() {
  if (database_) return *database_;
  const bool fresh = !read_only_ && settings_.create_table && !std::filesystem::exists(settings_.path);
  const sql::SqliteOptions options{
      .read_only = read_only_,
      .create = settings_.create_table,
      .write_ahead_log = fresh,  // the journal mode of a file that others made is their choice
  };
  database_ = std::make_unique<sql::SqliteDatabase>(settings_.path, options);
  return *database_;
}

std::vector<ObjectSummary> list_tables(sql::SqliteDatabase& database) {
  std::vector<ObjectSummary> tables;
  database
      .statement(
          "SELECT name, type FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'view', 'virtual') "
          "AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name")
      .each([&](const auto& row) {
        const bool writable = row.text(1) == "table";
        tables.push_back({row.string(0), row.string(0), true, writable, writable});
      });
  return tables;
}

std::vector<std::string> table_names(sql::SqliteDatabase& database) {
  std::vector<std::string> names;
  for (ObjectSummary& table : list_tables(database)) names.push_back(std::move(table.name));
  return names;
}

Table require_table(sql::SqliteDatabase& database, const std::string& name) {
  if (std::optional<Table> table = find_table(database, name)) return *std::move(table);
  const std::vector<std::string> names = table_names(database);
  throw Error(ErrorKind::invalid, fmt::format("{}: there is no table \"{}\"; {}", database.path(), name,
                                              names.empty() ? "the file has no tables"
                                                            : fmt::format("there are {}", fmt::join(names, ", "))))
      .with_field(name);
}

const Column& key_column(const Table& table, const Settings& settings) {
  if (!settings.key.empty()) {
    if (const Column* column = table.find(settings.key)) return *column;
    throw Error(ErrorKind::invalid, fmt::format("key: table \"{}\" has no column \"{}\"", table.name, settings.key))
        .with_field("key");
  }
  const Column* key = nullptr;
  for (const Column& column : table.columns) {
    if (column.key_position == 0) continue;
    if (key)
      throw Error(ErrorKind::invalid,
                  fmt::format("key: the primary key of table \"{}\" has several columns; set \"key\" "
                              "to one column that identifies a row",
                              table.name))
          .with_field("key");
    key = &column;
  }
  if (key) return *key;
  throw Error(
      ErrorKind::invalid,
      fmt::format("key: table \"{}\" has no primary key; set \"key\" to the column that identifies a row", table.name))
      .with_field("key");
}

Schema describe_table(sql::SqliteDatabase& database, const Settings& settings, const std::string& object) {
  const Table table = require_table(database, object);
  Schema schema;
  schema.object = table.name;
  for (const Column& column : table.columns) {
    FieldSchema field;
    field.name = field.label = column.name;
    field.type = column.type;
    field.native_type = column.declared;
    field.nullable = !column.not_null && !(column.key_position > 0 && !table.has_rowid);
    field.creatable = field.updatable = !column.generated && !table.is_view;
    field.unique = column.unique;
    const bool numbered = column.key_position == 1 && column.unique && column.affinity == Affinity::integer;
    field.required = !field.nullable && !column.has_default && !column.generated && !numbered;
    schema.fields.push_back(std::move(field));
    schema.etag += fmt::format("{} {} {};", column.name, column.declared, column.not_null);
  }
  const bool has_key = !settings.key.empty() || std::count_if(table.columns.begin(), table.columns.end(),
                                                              [](const Column& c) { return c.key_position > 0; }) == 1;
  if (has_key) schema.key_field = key_column(table, settings).name;
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

}  // namespace nexpo::sqlite

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "connectors/postgresql/postgresql.hpp"
#include "connectors/postgresql/upsert.hpp"
#include "sql/identifier.hpp"

namespace nexpo::postgresql {
namespace {

using sql::PgConnection;

/// Makes the table out of what the mapping knows about its fields.
void create_table(PgConnection& connection, const WritePlan& plan, const std::string& key, const Settings& settings) {
  std::vector<std::string> columns;
  bool has_soft_delete = settings.soft_delete_field.empty();
  for (size_t slot = 0; slot < plan.fields->size(); ++slot) {
    const std::string& name = (*plan.fields)[slot];
    const FieldSchema hint = slot < plan.hints.size() ? plan.hints[slot] : FieldSchema{};
    columns.push_back(sql::quoted(name) + " " + type_for(hint) + (name == key ? " PRIMARY KEY" : ""));
    has_soft_delete = has_soft_delete || name == settings.soft_delete_field;
  }
  if (!has_soft_delete) columns.push_back(sql::quoted(settings.soft_delete_field) + " boolean NOT NULL DEFAULT false");
  const std::string name = settings.schema.empty() ? sql::quoted(plan.object)
                                                   : sql::quoted(settings.schema) + "." + sql::quoted(plan.object);
  pqxx::nontransaction(connection)
      .exec(fmt::format("CREATE TABLE IF NOT EXISTS {} ({})", name, fmt::join(columns, ", ")));
}

std::string key_name(const WritePlan& plan, const Settings& settings) {
  std::string key = plan.key_field.empty() ? settings.key : plan.key_field;
  if (!key.empty()) return key;
  throw Error(ErrorKind::invalid,
              fmt::format("key: table \"{}\" is made by the sync, so set \"key\" to the target field "
                          "that identifies a row",
                          plan.object))
      .with_field("key");
}

/// All faults of the plan at once.
void check_plan(const Table& table, const WritePlan& plan, const Column& key, const Settings& settings) {
  std::vector<std::string> faults;
  if (!table.is_writable) faults.push_back("it is not an ordinary table, so it cannot be written");
  for (const std::string& name : *plan.fields) {
    const Column* column = table.find(name);
    if (!column)
      faults.push_back(fmt::format("it has no column \"{}\"", name));
    else if (column->generated)
      faults.push_back(fmt::format("its column \"{}\" is filled by the server alone", name));
  }
  if (!key.unique)
    faults.push_back(fmt::format("its column \"{0}\" is not unique; run: CREATE UNIQUE INDEX ON {1} ({2})", key.name,
                                 table.quoted(), sql::quoted(key.name)));
  if (!settings.soft_delete_field.empty() && !table.find(settings.soft_delete_field))
    faults.push_back(fmt::format("it has no column \"{}\", which softDeleteField names", settings.soft_delete_field));
  if (!faults.empty())
    throw Error(ErrorKind::invalid, fmt::format("table \"{}\": {}", table.name, fmt::join(faults, "; ")));
}

class TableWriter final : public Writer {
 public:
  TableWriter(Database& database, Upsert upsert) : database_(database), upsert_(std::move(upsert)) {}

  std::string key_field() const override { return upsert_.key_field(); }

  Task<BatchReceipt> write(const RecordBatch& batch) override {
    auto work = [&](PgConnection& connection) { return upsert_.write(connection, batch); };
    co_return co_await database_.pool.run(std::move(work));
  }

  Task<BatchReceipt> remove(const RecordBatch& keys, DeleteKind kind) override {
    auto work = [&](PgConnection& connection) { return upsert_.remove(connection, keys, kind); };
    co_return co_await database_.pool.run(std::move(work));
  }

  Task<RecordBatch> fetch(std::vector<std::string> keys) override {
    auto work = [&](PgConnection& connection) { return upsert_.fetch(connection, keys); };
    co_return co_await database_.pool.run(std::move(work));
  }

 private:
  Database& database_;
  Upsert upsert_;
};

class TableTarget final : public Target {
 public:
  explicit TableTarget(Database& database) : database_(database) {}

  Task<Schema> describe(std::string object) override {
    auto work = [&](PgConnection& connection) {
      return schema_of(require_table(connection, database_.settings, object), database_.settings);
    };
    co_return co_await database_.pool.run(std::move(work));
  }

  Task<std::unique_ptr<Writer>> open(WritePlan plan) override {
    auto work = [&](PgConnection& connection) { return prepare(connection, plan); };
    co_return co_await database_.pool.run(std::move(work));
  }

 private:
  std::unique_ptr<Writer> prepare(PgConnection& connection, const WritePlan& plan) {
    const Settings& settings = database_.settings;
    if (settings.create_table && !find_table(connection, settings.schema, plan.object))
      create_table(connection, plan, key_name(plan, settings), settings);
    Table table = require_table(connection, settings, plan.object);
    Settings keyed = settings;
    if (!plan.key_field.empty()) keyed.key = plan.key_field;
    const Column key = key_column(table, keyed);
    check_plan(table, plan, key, settings);
    return std::make_unique<TableWriter>(database_,
                                         Upsert(std::move(table), plan.fields, key.name, settings.soft_delete_field));
  }

  Database& database_;
};

}  // namespace

std::unique_ptr<Target> make_target(Database& database) { return std::make_unique<TableTarget>(database); }

}  // namespace nexpo::postgresql

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>

#include "connectors/sqlite/sqlite.hpp"
#include "connectors/sqlite/upsert.hpp"
#include "sql/identifier.hpp"

namespace nexpo::sqlite {
namespace {

/// Makes the table out of what the mapping knows about its fields.
void create_table(sql::SqliteDatabase& database, const WritePlan& plan, const std::string& key,
                  const Settings& settings) {
  std::vector<std::string> columns;
  bool has_soft_delete = settings.soft_delete_field.empty();
  for (size_t slot = 0; slot < plan.fields->size(); ++slot) {
    const std::string& name = (*plan.fields)[slot];
    const FieldSchema hint = slot < plan.hints.size() ? plan.hints[slot] : FieldSchema{};
    columns.push_back(sql::quoted(name) + " " + declared_type_for(hint) + (name == key ? " PRIMARY KEY NOT NULL" : ""));
    has_soft_delete = has_soft_delete || name == settings.soft_delete_field;
  }
  if (!has_soft_delete) columns.push_back(sql::quoted(settings.soft_delete_field) + " BOOLEAN NOT NULL DEFAULT 0");
  database.execute(fmt::format("CREATE TABLE {} (\n  {}\n)", sql::quoted(plan.object), fmt::join(columns, ",\n  ")));
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
  if (table.is_view || table.is_virtual) faults.push_back("it is not an ordinary table, so it cannot be written");
  for (const std::string& name : *plan.fields) {
    const Column* column = table.find(name);
    if (!column)
      faults.push_back(fmt::format("it has no column \"{}\"", name));
    else if (column->generated)
      faults.push_back(fmt::format("its column \"{}\" is generated", name));
  }
  if (!key.unique)
    faults.push_back(fmt::format("its column \"{0}\" is not unique; run: CREATE UNIQUE INDEX {1} ON {2} ({0})",
                                 key.name, sql::quoted(table.name + "_" + key.name), sql::quoted(table.name)));
  if (!settings.soft_delete_field.empty() && !table.find(settings.soft_delete_field))
    faults.push_back(fmt::format("it has no column \"{}\", which softDeleteField names", settings.soft_delete_field));
  if (!faults.empty())
    throw Error(ErrorKind::invalid, fmt::format("table \"{}\": {}", table.name, fmt::join(faults, "; ")));
}

class TableWriter final : public Writer {
 public:
  TableWriter(Session& session, std::unique_ptr<Upsert> upsert) : session_(session), upsert_(std::move(upsert)) {}

  std::string key_field() const override { return upsert_->key_field(); }

  Task<BatchReceipt> write(const RecordBatch& batch) override {
    auto work = [&](sql::SqliteDatabase& database) { return upsert_->write(database, batch); };
    co_return co_await session_.run(std::move(work));
  }

  Task<BatchReceipt> remove(const RecordBatch& keys, DeleteKind kind) override {
    auto work = [&](sql::SqliteDatabase& database) { return upsert_->remove(database, keys, kind); };
    co_return co_await session_.run(std::move(work));
  }

  Task<RecordBatch> fetch(std::vector<std::string> keys) override {
    auto work = [&](sql::SqliteDatabase& database) { return upsert_->fetch(database, keys); };
    co_return co_await session_.run(std::move(work));
  }

 private:
  Session& session_;
  std::unique_ptr<Upsert> upsert_;
};

class TableTarget final : public Target {
 public:
  explicit TableTarget(Session& session) : session_(session) {}

  Task<Schema> describe(std::string object) override {
    const Settings& settings = session_.settings();
    if (session_.to_be_made())
      throw Error(ErrorKind::invalid, fmt::format("{}: not there yet; a run makes it", settings.path.string()))
          .with_field("path");
    auto work = [&](sql::SqliteDatabase& database) { return describe_table(database, settings, object); };
    co_return co_await session_.run(std::move(work));
  }

  Task<std::unique_ptr<Writer>> open(WritePlan plan) override {
    auto work = [&](sql::SqliteDatabase& database) { return prepare(database, plan); };
    std::unique_ptr<Upsert> upsert = co_await session_.run(std::move(work));
    co_return std::make_unique<TableWriter>(session_, std::move(upsert));
  }

 private:
  std::unique_ptr<Upsert> prepare(sql::SqliteDatabase& database, const WritePlan& plan) {
    const Settings& settings = session_.settings();
    if (settings.create_table && !find_table(database, plan.object))
      create_table(database, plan, key_name(plan, settings), settings);
    Table table = require_table(database, plan.object);
    Settings keyed = settings;
    if (!plan.key_field.empty()) keyed.key = plan.key_field;
    const Column key = key_column(table, keyed);
    check_plan(table, plan, key, settings);
    return std::make_unique<Upsert>(std::move(table), plan.fields, key.name, settings.soft_delete_field);
  }

  Session& session_;
};

}  // namespace

std::unique_ptr<Target> make_target(Session& session) { return std::make_unique<TableTarget>(session); }

}  // namespace nexpo::sqlite

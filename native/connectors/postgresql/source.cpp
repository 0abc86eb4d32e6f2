#include <fmt/format.h>
#include <fmt/ranges.h>

#include "connectors/postgresql/postgresql.hpp"
#include "connectors/postgresql/stamp.hpp"
#include "sql/identifier.hpp"
#include "sql/read_position.hpp"

namespace nexpo::postgresql {
namespace {

using sql::PgConnection;
using sql::ReadPhase;

nlohmann::json scalar_of(const std::optional<std::string>& text) {
  return text ? sql::scalar_of(*text) : nlohmann::json();
}

/// Reads one table or view, page by page; each page is a statement of its own.
class TableReader final : public Reader {
 public:
  TableReader(Database& database, ReadPlan plan, Table table, const std::string& key, const std::string& version)
      : database_(database), plan_(std::move(plan)), table_(std::move(table)), key_(*table_.find(key)) {
    const std::string& removed = database.settings.soft_delete_field;
    if (!version.empty()) version_ = table_.find(version);
    if (!removed.empty()) removed_ = table_.find(removed);
    shape_ = std::make_shared<std::vector<std::string>>(plan_.paths);
    for (const std::string& path : plan_.paths) columns_.push_back(table_.find(path));
  }

  /// Fixes the bounds of the read, before its first row.
  void begin(PgConnection& connection) {
    if (!plan_.from.empty()) at_ = sql::ReadPosition::parse(plan_.from);
    const bool incremental = plan_.incremental && version_;
    if (!incremental && at_.phase != ReadPhase::everything) at_ = {};
    if (incremental && plan_.from.empty()) at_.phase = ReadPhase::changes;
    if (!at_.until.is_null() || !version_) return;
    const Bounds bounds = read_bounds(connection, table_, *version_);
    at_.until = scalar_of(bounds.until);
    at_.next = bounds.next ? scalar_of(bounds.next) : at_.since;
    if (bounds.hidden_sessions > 0)
      database_.log.warn(
          fmt::format("{}: this user cannot see when the transactions of {} other sessions began, so rows "
                      "that such a session commits more than 10 minutes after it began may be missed until "
                      "the next full run; run: GRANT pg_read_all_stats TO the user",
                      database_.pool.address().shown(), bounds.hidden_sessions));
    if (bounds.is_standby)
      database_.log.warn(
          fmt::format("{}: this is a standby, which does not know the transactions of its primary; rows that "
                      "are committed more than 10 minutes after their transaction began may be missed until "
                      "the next full run",
                      database_.pool.address().shown()));
  }

  Task<Page> next() override {
    auto work = [this](PgConnection& connection) { return read_page(connection); };
    co_return co_await database_.pool.run(std::move(work));
  }

 private:
  struct Query {
    std::string sql;
    std::vector<std::string> values;
    std::string add(const nlohmann::json& scalar) {
      values.push_back(sql::text_of(scalar));
      return fmt::format("${}", values.size());
    }
  };

  /// True for a row that is marked as removed.
  std::string removed_sql() const {
    if (!removed_) return "false";
    const std::string name = sql::quoted(removed_->name);
    if (removed_->type == FieldType::boolean) return name + " IS TRUE";
    if (removed_->type == FieldType::integer || removed_->type == FieldType::number)
      return name + " IS DISTINCT FROM 0 AND " + name + " IS NOT NULL";
    return name + " IS NOT NULL";
  }

  Query page_query() const {
    Query query;
    const std::string key = sql::quoted(key_.name);
    const std::string version = version_ ? sql::quoted(version_->name) : "NULL";
    std::vector<std::string> columns{key, version, removed_sql()};
    for (const Column* column : columns_) columns.push_back(selected(*column, sql::quoted(column->name)));
    std::vector<std::string> where;
    if (at_.phase == ReadPhase::changes) {
      where.push_back(fmt::format("{} <= {}::{}", version, query.add(at_.until), version_->native));
      if (!at_.since.is_null()) where.push_back(at_least(*version_, version, query.add(at_.since)));
      if (!at_.after_key.is_null()) {
        const std::string after_stamp = query.add(at_.after_stamp), after_key = query.add(at_.after_key);
        where.push_back(fmt::format("({}, {}) > ({}::{}, {}::{})", version, key, after_stamp, version_->native,
                                    after_key, key_.native));
      }
    } else {
      if (at_.phase == ReadPhase::unstamped) where.push_back(version + " IS NULL");
      if (!at_.after_key.is_null())
        where.push_back(fmt::format("{} > {}::{}", key, query.add(at_.after_key), key_.native));
    }
    query.sql = fmt::format("SELECT {} FROM {}{}{} ORDER BY {}{} LIMIT {}", fmt::join(columns, ", "), table_.quoted(),
                            where.empty() ? "" : " WHERE ", fmt::join(where, " AND "),
                            at_.phase == ReadPhase::changes ? version + ", " : "", key, plan_.page_records_max);
    return query;
  }

  Page read_page(PgConnection& connection) {
    Page page;
    auto arena = std::make_shared<Arena>();
    page.records = RecordBatch(shape_, arena);
    const bool nothing_stamped = at_.phase == ReadPhase::changes && at_.until.is_null();
    size_t rows = 0;
    sql::ReadPosition reached = at_;
    if (!nothing_stamped) {
      const Query query = page_query();
      const pqxx::result found =
          pqxx::nontransaction(connection).exec_params(query.sql, pqxx::prepare::make_dynamic_params(query.values));
      rows = found.size();
      page.records.reserve(rows);
      for (const pqxx::row& row : found) add_row(row, page.records, *arena);
      if (rows > 0) {
        reached.after_key = sql::scalar_of({found.back()[0].c_str(), found.back()[0].size()});
        if (at_.phase == ReadPhase::changes) reached.after_stamp = sql::scalar_of(found.back()[1].c_str());
      }
    }
    const bool phase_ended = rows < static_cast<size_t>(plan_.page_records_max);
    at_ = std::move(reached);
    if (phase_ended && at_.phase == ReadPhase::changes && !version_->not_null) {
      at_ = {ReadPhase::unstamped, at_.since, at_.until, at_.next, {}, {}};
    } else {
      page.last = phase_ended;
    }
    page.next = page.last ? at_.next_run() : at_.cursor();
    return page;
  }

  void add_row(const pqxx::row& row, RecordBatch& into, Arena& arena) const {
    RowHead head;
    if (row[2].c_str()[0] == 't') {
      if (!plan_.deletions) return;
      head.op = RecordOp::remove;
    }
    head.key = cell(row[0], key_, arena).view();
    if (version_) head.version = cell(row[1], *version_, arena).view();
    const std::span<Value> cells = into.add(head);
    for (size_t slot = 0; slot < cells.size(); ++slot)
      cells[slot] = cell(row[static_cast<pqxx::row::size_type>(slot + 3)], *columns_[slot], arena);
  }

  static Value cell(const pqxx::field& field, const Column& column, Arena& arena) {
    return read_cell(field.is_null() ? nullptr : field.c_str(), field.size(), column, arena);
  }

  Database& database_;
  ReadPlan plan_;
  Table table_;
  const Column& key_;
  const Column* version_ = nullptr;
  const Column* removed_ = nullptr;
  std::vector<const Column*> columns_;
  Shape shape_;
  sql::ReadPosition at_;
};

/// All faults of the plan at once.
void check_plan(PgConnection& connection, const Table& table, const ReadPlan& plan, const Column& key,
                const Settings& settings) {
  std::vector<std::string> faults;
  for (const std::string& path : plan.paths)
    if (!table.find(path)) faults.push_back(fmt::format("it has no column \"{}\"", path));
  if (!settings.soft_delete_field.empty() && !table.find(settings.soft_delete_field))
    faults.push_back(fmt::format("it has no column \"{}\", which softDeleteField names", settings.soft_delete_field));
  // Of views and foreign tables nobody knows; there the configuration is trusted.
  if (table.is_writable && !key.unique)
    faults.push_back(fmt::format("its column \"{}\" is not unique, so it cannot be the key", key.name));
  if (!key.not_null) {
    const pqxx::result missing = pqxx::nontransaction(connection)
                                     .exec(fmt::format("SELECT EXISTS (SELECT FROM {} WHERE {} IS NULL)",
                                                       table.quoted(), sql::quoted(key.name)));
    if (missing[0][0].as<bool>()) faults.push_back(fmt::format("it has rows whose key \"{}\" is null", key.name));
  }
  if (!faults.empty())
    throw Error(ErrorKind::invalid, fmt::format("table \"{}\": {}", table.name, fmt::join(faults, "; ")));
}

class TableSource final : public Source {
 public:
  explicit TableSource(Database& database) : database_(database) {}

  Task<Schema> describe(std::string object) override {
    auto work = [&](PgConnection& connection) {
      return schema_of(require_table(connection, database_.settings, object), database_.settings);
    };
    co_return co_await database_.pool.run(std::move(work));
  }

  Task<std::unique_ptr<Reader>> read(ReadPlan plan) override {
    auto work = [&](PgConnection& connection) { return open(connection, plan); };
    co_return co_await database_.pool.run(std::move(work));
  }

  Task<StartPoint> start_at(std::string object, std::optional<Time> time) override {
    auto work = [&](PgConnection& connection) { return start(connection, object, time); };
    co_return co_await database_.pool.run(std::move(work));
  }

 private:
  StartPoint start(PgConnection& connection, const std::string& object, std::optional<Time> time) {
    const Table table = require_table(connection, database_.settings, object);
    const Column* version = table.find(schema_of(table, database_.settings).version_field);
    if (!version)
      throw Error(ErrorKind::invalid,
                  fmt::format("versionField: not set, so that changes of table \"{}\" cannot be told from the rest; "
                              "set it to a column that grows with every change",
                              table.name))
          .with_field("versionField");
    const std::optional<std::string> since =
        time ? since_of(connection, *version, *time) : read_bounds(connection, table, *version).next;
    const sql::ReadPosition position{ReadPhase::changes, scalar_of(since), {}, {}, {}, {}};
    return {position.cursor(), since.value_or("")};
  }

  std::unique_ptr<Reader> open(PgConnection& connection, const ReadPlan& plan) {
    Table table = require_table(connection, database_.settings, plan.object);
    const Schema schema = schema_of(table, database_.settings);  // checks versionField
    const Column key = key_column(table, database_.settings);
    check_plan(connection, table, plan, key, database_.settings);
    auto reader = std::make_unique<TableReader>(database_, plan, std::move(table), key.name, schema.version_field);
    reader->begin(connection);
    return reader;
  }

  Database& database_;
};

}  // namespace

std::unique_ptr<Source> make_source(Database& database) { return std::make_unique<TableSource>(database); }

}  // namespace nexpo::postgresql

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "connectors/postgresql/postgresql.hpp"
#include "connectors/postgresql/stamp.hpp"
#include "connectors/postgresql/table_rows.hpp"
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
  TableReader(Database& database, ReadPlan plan, TableRows rows)
      : database_(database), plan_(std::move(plan)), rows_(std::move(rows)), version_(rows_.version()) {}

  /// Fixes the bounds of the read, before its first row.
  void begin(PgConnection& connection) {
    if (!plan_.from.empty()) at_ = sql::ReadPosition::parse(plan_.from);
    const bool incremental = plan_.incremental && version_;
    if (!incremental && at_.phase != ReadPhase::everything) at_ = {};
    if (incremental && plan_.from.empty()) at_.phase = ReadPhase::changes;
    if (!at_.until.is_null() || !version_) return;
    const Bounds bounds = read_bounds(connection, rows_.table(), *version_);
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

  Query page_query() const {
    Query query;
    const std::string key = sql::quoted(rows_.key().name);
    const std::string version = version_ ? sql::quoted(version_->name) : "NULL";
    std::vector<std::string> where;
    if (at_.phase == ReadPhase::changes) {
      where.push_back(fmt::format("{} <= {}::{}", version, query.add(at_.until), version_->native));
      if (!at_.since.is_null()) where.push_back(at_least(*version_, version, query.add(at_.since)));
      if (!at_.after_key.is_null()) {
        const std::string after_stamp = query.add(at_.after_stamp), after_key = query.add(at_.after_key);
        where.push_back(fmt::format("({}, {}) > ({}::{}, {}::{})", version, key, after_stamp, version_->native,
                                    after_key, rows_.key().native));
      }
    } else {
      if (at_.phase == ReadPhase::unstamped) where.push_back(version + " IS NULL");
      if (!at_.after_key.is_null())
        where.push_back(fmt::format("{} > {}::{}", key, query.add(at_.after_key), rows_.key().native));
    }
    query.sql = fmt::format("SELECT {} FROM {}{}{} ORDER BY {}{} LIMIT {}", rows_.selected(), rows_.table().quoted(),
                            where.empty() ? "" : " WHERE ", fmt::join(where, " AND "),
                            at_.phase == ReadPhase::changes ? version + ", " : "", key, plan_.page_records_max);
    return query;
  }

  Page read_page(PgConnection& connection) {
    Page page;
    page.records = RecordBatch(rows_.shape(), std::make_shared<Arena>());
    const bool nothing_stamped = at_.phase == ReadPhase::changes && at_.until.is_null();
    size_t rows = 0;
    sql::ReadPosition reached = at_;
    if (!nothing_stamped) {
      const Query query = page_query();
      const pqxx::result found =
          pqxx::nontransaction(connection).exec_params(query.sql, pqxx::prepare::make_dynamic_params(query.values));
      rows = found.size();
      page.records.reserve(rows);
      for (const pqxx::row& row : found) rows_.add(row, plan_.deletions, page.records);
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

  Database& database_;
  ReadPlan plan_;
  TableRows rows_;
  const Column* version_;
  sql::ReadPosition at_;
};

/// All faults of the plan at once. `reads_all`: the keys are read too, none of which may be null.
void check_plan(PgConnection& connection, const Table& table, const std::vector<std::string>& paths, const Column& key,
                const Settings& settings, bool reads_all) {
  std::vector<std::string> faults;
  for (const std::string& path : paths)
    if (!table.find(path)) faults.push_back(fmt::format("it has no column \"{}\"", path));
  if (!settings.soft_delete_field.empty() && !table.find(settings.soft_delete_field))
    faults.push_back(fmt::format("it has no column \"{}\", which softDeleteField names", settings.soft_delete_field));
  // Of views and foreign tables nobody knows; there the configuration is trusted.
  if (table.is_writable && !key.unique)
    faults.push_back(fmt::format("its column \"{}\" is not unique, so it cannot be the key", key.name));
  if (reads_all && !key.not_null) {
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

  Task<RecordBatch> fetch(FetchPlan plan, std::vector<std::string> keys) override {
    auto work = [&](PgConnection& connection) {
      const std::string by = plan.key_field;
      const TableRows rows = rows_of(connection, plan.object, std::move(plan.paths), false);
      const Column* column = by.empty() ? &rows.key() : rows.table().find(by);
      if (column) return rows.fetch(connection, *column, std::move(keys));
      throw Error(ErrorKind::invalid, fmt::format("table \"{}\" has no column \"{}\"", rows.table().name, by))
          .with_field(by);
    };
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
    TableRows rows = rows_of(connection, plan.object, plan.paths, true);
    auto reader = std::make_unique<TableReader>(database_, plan, std::move(rows));
    reader->begin(connection);
    return reader;
  }

  /// Checked: every path is a column, the key identifies rows.
  TableRows rows_of(PgConnection& connection, const std::string& object, std::vector<std::string> paths,
                    bool reads_all) {
    const Settings& settings = database_.settings;
    Table table = require_table(connection, settings, object);
    const Schema schema = schema_of(table, settings);  // checks versionField
    const std::string key = key_column(table, settings).name;
    check_plan(connection, table, paths, *table.find(key), settings, reads_all);
    return {std::move(table), key, schema.version_field, settings, std::move(paths)};
  }

  Database& database_;
};

}  // namespace

std::unique_ptr<Source> make_source(Database& database) { return std::make_unique<TableSource>(database); }

}  // namespace nexpo::postgresql

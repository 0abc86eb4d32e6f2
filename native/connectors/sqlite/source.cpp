#include <fmt/format.h>
#include <fmt/ranges.h>

#include "connectors/sqlite/sqlite.hpp"
#include "connectors/sqlite/stamp.hpp"
#include "connectors/sqlite/table_rows.hpp"
#include "sql/identifier.hpp"
#include "sql/read_position.hpp"

namespace nexpo::sqlite {
namespace {

nlohmann::json scalar_at(const sql::SqliteStatement& row, int column) {
  switch (row.type(column)) {
    case SQLITE_NULL: return nullptr;
    case SQLITE_INTEGER: return row.integer(column);
    case SQLITE_FLOAT: return row.real(column);
    default: return sql::scalar_of(row.text(column));
  }
}

/// Binds a scalar as what it is; `kept` holds the bytes of texts.
void bind_scalar(sql::SqliteStatement& statement, int index, const nlohmann::json& scalar, std::string& kept) {
  if (scalar.is_null()) return statement.bind(index, nullptr);
  if (scalar.is_number_integer()) return statement.bind(index, scalar.get<int64_t>());
  if (scalar.is_number()) return statement.bind(index, scalar.get<double>());
  kept = sql::text_of(scalar);
  statement.bind(index, std::string_view(kept));
}

/// The highest stamp that is not in the future, or null.
nlohmann::json newest_stamp_of(sql::SqliteDatabase& database, const Table& table, const Column& version, Time now) {
  const std::string from = sql::quoted(table.name);
  const std::string stamp = sql::quoted(version.name);
  nlohmann::json newest;
  const auto take = [&](const auto& row) { newest = scalar_at(row, 0); };
  database.statement(fmt::format("SELECT max({}) FROM {}", stamp, from)).first(take);
  const nlohmann::json highest = upper_bound(newest, now);
  if (highest.is_null()) return newest;
  sql::SqliteStatement& below = database.statement(fmt::format("SELECT max({0}) FROM {1} WHERE {0} <= ?", stamp, from));
  if (highest.is_string())
    below.first(take, std::string_view(highest.get_ref<const std::string&>()));
  else
    below.first(take, highest.get<int64_t>());
  return newest;
}

/// Reads one table or view, page by page. All but next() runs off the loop thread.
class TableReader final : public Reader {
 public:
  TableReader(Session& session, ReadPlan plan, TableRows rows, Time now)
      : session_(session), plan_(std::move(plan)), rows_(std::move(rows)), now_(now) {}

  /// Fixes the bounds of the read, before its first row.
  void begin(sql::SqliteDatabase& database) {
    if (!plan_.from.empty()) at_ = sql::ReadPosition::parse(plan_.from);
    const bool incremental = plan_.incremental && rows_.version();
    if (!incremental && at_.phase != sql::ReadPhase::everything) at_ = {};
    if (incremental && plan_.from.empty()) at_.phase = sql::ReadPhase::changes;
    if (at_.until.is_null() && rows_.version()) at_.until = at_.next = newest_stamp(database);
    if (!at_.since.is_null()) low_ = lower_bound(at_.since);
  }

  Task<Page> next() override {
    auto work = [this](sql::SqliteDatabase& database) { return read_page(database); };
    co_return co_await session_.run(std::move(work));
  }

 private:
  /// `since` if there is no stamp, so that the cursor never goes back.
  nlohmann::json newest_stamp(sql::SqliteDatabase& database) const {
    nlohmann::json newest = newest_stamp_of(database, rows_.table(), *rows_.version(), now_);
    return newest.is_null() ? at_.since : newest;
  }

  std::string page_sql() const {
    const std::string key = sql::quoted(rows_.key().name);
    const std::string version = rows_.version() ? sql::quoted(rows_.version()->name) : "NULL";
    std::vector<std::string> where;
    if (at_.phase == sql::ReadPhase::changes) {
      where.push_back(version + " <= ?3");
      if (!low_.is_null()) where.push_back(version + " >= ?4");
      if (!at_.after_key.is_null()) where.push_back(fmt::format("({}, {}) > (?2, ?1)", version, key));
    } else {
      if (at_.phase == sql::ReadPhase::unstamped) where.push_back(version + " IS NULL");
      if (!at_.after_key.is_null()) where.push_back(key + " > ?1");
    }
    return fmt::format("SELECT {} FROM {}{}{} ORDER BY {}{} LIMIT {}", rows_.selected(),
                       sql::quoted(rows_.table().name), where.empty() ? "" : " WHERE ", fmt::join(where, " AND "),
                       at_.phase == sql::ReadPhase::changes ? version + ", " : "", key, plan_.page_records_max);
  }

  Page read_page(sql::SqliteDatabase& database) {
    Page page;
    page.records = RecordBatch(rows_.shape(), std::make_shared<Arena>());
    sql::SqliteStatement& select = database.statement(page_sql());
    std::string kept[4];
    const nlohmann::json* bound[] = {&at_.after_key, &at_.after_stamp, &at_.until, &low_};
    for (int i = 0; i < sqlite3_bind_parameter_count(select.handle()); ++i)
      bind_scalar(select, i + 1, *bound[i], kept[i]);
    int rows = 0;
    sql::ReadPosition reached = at_;
    while (select.step()) {
      ++rows;
      rows_.add(select, plan_.deletions, page.records);
      reached.after_key = scalar_at(select, 0);
      if (at_.phase == sql::ReadPhase::changes) reached.after_stamp = scalar_at(select, 1);
    }
    select.reset();
    const bool phase_ended = rows < plan_.page_records_max;
    at_ = std::move(reached);
    if (phase_ended && at_.phase == sql::ReadPhase::changes && !rows_.version()->not_null) {
      at_ = {sql::ReadPhase::unstamped, at_.since, at_.until, at_.next, {}, {}};
    } else {
      page.last = phase_ended;
    }
    page.next = page.last ? at_.next_run() : at_.cursor();
    return page;
  }

  Session& session_;
  ReadPlan plan_;
  TableRows rows_;
  Time now_;
  sql::ReadPosition at_;
  nlohmann::json low_;
};

/// All faults of the plan at once. `reads_all`: the keys are read too, none of which may be null.
void check_plan(sql::SqliteDatabase& database, const Table& table, const std::vector<std::string>& paths,
                const Column& key, const Settings& settings, bool reads_all) {
  std::vector<std::string> faults;
  for (const std::string& path : paths)
    if (!table.find(path)) faults.push_back(fmt::format("it has no column \"{}\"", path));
  if (!settings.soft_delete_field.empty() && !table.find(settings.soft_delete_field))
    faults.push_back(fmt::format("it has no column \"{}\", which softDeleteField names", settings.soft_delete_field));
  if (!table.is_view && !key.unique)
    faults.push_back(fmt::format("its column \"{}\" is not unique, so it cannot be the key", key.name));
  bool missing = false;
  if (reads_all && !key.not_null)
    database
        .statement(
            fmt::format("SELECT 1 FROM {} WHERE {} IS NULL LIMIT 1", sql::quoted(table.name), sql::quoted(key.name)))
        .first([&](const auto&) { missing = true; });
  if (missing) faults.push_back(fmt::format("it has rows whose key \"{}\" is null", key.name));
  if (!faults.empty())
    throw Error(ErrorKind::invalid, fmt::format("table \"{}\": {}", table.name, fmt::join(faults, "; ")));
}

class TableSource final : public Source {
 public:
  TableSource(Session& session, Clock& clock) : session_(session), clock_(clock) {}

  Task<Schema> describe(std::string object) override {
    auto work = [&](sql::SqliteDatabase& database) { return describe_table(database, session_.settings(), object); };
    co_return co_await session_.run(std::move(work));
  }

  Task<std::unique_ptr<Reader>> read(ReadPlan plan) override {
    auto work = [&](sql::SqliteDatabase& database) { return open(database, std::move(plan)); };
    co_return co_await session_.run(std::move(work));
  }

  Task<RecordBatch> fetch(FetchPlan plan, std::vector<std::string> keys) override {
    auto work = [&](sql::SqliteDatabase& database) {
      const std::string by = plan.key_field;
      const TableRows rows = rows_of(database, plan.object, std::move(plan.paths), false);
      const Column* column = by.empty() ? &rows.key() : rows.table().find(by);
      if (column) return rows.fetch(database, *column, keys);
      throw Error(ErrorKind::invalid, fmt::format("table \"{}\" has no column \"{}\"", rows.table().name, by))
          .with_field(by);
    };
    co_return co_await session_.run(std::move(work));
  }

  Task<StartPoint> start_at(std::string object, std::optional<Time> time) override {
    auto work = [&](sql::SqliteDatabase& database) { return start(database, object, time); };
    co_return co_await session_.run(std::move(work));
  }

 private:
  StartPoint start(sql::SqliteDatabase& database, const std::string& object, std::optional<Time> time) {
    const Table table = require_table(database, object);
    const std::string version = describe_table(database, session_.settings(), object).version_field;
    if (version.empty())
      throw Error(ErrorKind::invalid,
                  fmt::format("versionField: not set, so that changes of table \"{}\" cannot be told from the rest; "
                              "set it to a column that grows with every change",
                              table.name))
          .with_field("versionField");
    nlohmann::json since = newest_stamp_of(database, table, *table.find(version), clock_.now());
    if (time && !since.is_null()) {
      since = since_of(since, *time);
      if (since.is_null())
        throw Error(ErrorKind::invalid,
                    fmt::format("versionField: column \"{}\" of table \"{}\" does not hold times", version, table.name))
            .with_field("versionField");
    }
    const sql::ReadPosition position{sql::ReadPhase::changes, since, {}, {}, {}, {}};
    return {position.cursor(), sql::text_of(since)};
  }

  std::unique_ptr<Reader> open(sql::SqliteDatabase& database, ReadPlan plan) {
    TableRows rows = rows_of(database, plan.object, plan.paths, true);
    auto reader = std::make_unique<TableReader>(session_, std::move(plan), std::move(rows), clock_.now());
    reader->begin(database);
    return reader;
  }

  /// Checked: every path is a column, the key identifies rows.
  TableRows rows_of(sql::SqliteDatabase& database, const std::string& object, std::vector<std::string> paths,
                    bool reads_all) {
    const Settings& settings = session_.settings();
    const Schema schema = describe_table(database, settings, object);  // checks versionField too
    Table table = require_table(database, object);
    const std::string key = key_column(table, settings).name;
    check_plan(database, table, paths, *table.find(key), settings, reads_all);
    return {std::move(table), key, schema.version_field, settings, std::move(paths)};
  }

  Session& session_;
  Clock& clock_;
};

}  // namespace

std::unique_ptr<Source> make_source(Session& session, Clock& clock) {
  return std::make_unique<TableSource>(session, clock);
}

}  // namespace nexpo::sqlite

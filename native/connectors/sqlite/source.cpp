#include <fmt/format.h>
#include <fmt/ranges.h>

#include "connectors/sqlite/sqlite.hpp"
#include "connectors/sqlite/stamp.hpp"
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
  TableReader(Session& session, ReadPlan plan, Table table, const Column& key, const Column* version, Time now)
      : session_(session), plan_(std::move(plan)), table_(std::move(table)), key_(*table_.find(key.name)), now_(now) {
    if (version) version_ = table_.find(version->name);
    if (!session.settings().soft_delete_field.empty()) removed_ = table_.find(session.settings().soft_delete_field);
    shape_ = std::make_shared<std::vector<std::string>>(plan_.paths);
    for (const std::string& path : plan_.paths) columns_.push_back(table_.find(path));
  }

  /// Fixes the bounds of the read, before its first row.
  void begin(sql::SqliteDatabase& database) {
    if (!plan_.from.empty()) at_ = sql::ReadPosition::parse(plan_.from);
    const bool incremental = plan_.incremental && version_;
    if (!incremental && at_.phase != sql::ReadPhase::everything) at_ = {};
    if (incremental && plan_.from.empty()) at_.phase = sql::ReadPhase::changes;
    if (at_.until.is_null() && version_) at_.until = at_.next = newest_stamp(database);
    if (!at_.since.is_null()) low_ = lower_bound(at_.since);
  }

  Task<Page> next() override {
    auto work = [this](sql::SqliteDatabase& database) { return read_page(database); };
    co_return co_await session_.run(std::move(work));
  }

 private:
  /// `since` if there is no stamp, so that the cursor never goes back.
  nlohmann::json newest_stamp(sql::SqliteDatabase& database) const {
    nlohmann::json newest = newest_stamp_of(database, table_, *version_, now_);
    return newest.is_null() ? at_.since : newest;
  }

  std::string page_sql() const {
    std::vector<std::string> columns{sql::quoted(key_.name), version_ ? sql::quoted(version_->name) : "NULL",
                                     removed_ ? sql::quoted(removed_->name) : "NULL"};
    for (const Column* column : columns_) columns.push_back(sql::quoted(column->name));
    const std::string key = columns[0], version = columns[1];
    std::vector<std::string> where;
    if (at_.phase == sql::ReadPhase::changes) {
      where.push_back(version + " <= ?3");
      if (!low_.is_null()) where.push_back(version + " >= ?4");
      if (!at_.after_key.is_null()) where.push_back(fmt::format("({}, {}) > (?2, ?1)", version, key));
    } else {
      if (at_.phase == sql::ReadPhase::unstamped) where.push_back(version + " IS NULL");
      if (!at_.after_key.is_null()) where.push_back(key + " > ?1");
    }
    return fmt::format("SELECT {} FROM {}{}{} ORDER BY {}{} LIMIT {}", fmt::join(columns, ", "),
                       sql::quoted(table_.name), where.empty() ? "" : " WHERE ", fmt::join(where, " AND "),
                       at_.phase == sql::ReadPhase::changes ? version + ", " : "", key, plan_.page_records_max);
  }

  Page read_page(sql::SqliteDatabase& database) {
    Page page;
    auto arena = std::make_shared<Arena>();
    page.records = RecordBatch(shape_, arena);
    sql::SqliteStatement& select = database.statement(page_sql());
    std::string kept[4];
    const nlohmann::json* bound[] = {&at_.after_key, &at_.after_stamp, &at_.until, &low_};
    for (int i = 0; i < sqlite3_bind_parameter_count(select.handle()); ++i)
      bind_scalar(select, i + 1, *bound[i], kept[i]);
    int rows = 0;
    sql::ReadPosition reached = at_;
    while (select.step()) {
      ++rows;
      add_row(select, page.records, *arena);
      reached.after_key = scalar_at(select, 0);
      if (at_.phase == sql::ReadPhase::changes) reached.after_stamp = scalar_at(select, 1);
    }
    select.reset();
    const bool phase_ended = rows < plan_.page_records_max;
    at_ = std::move(reached);
    if (phase_ended && at_.phase == sql::ReadPhase::changes && !version_->not_null) {
      at_ = {sql::ReadPhase::unstamped, at_.since, at_.until, at_.next, {}, {}};
    } else {
      page.last = phase_ended;
    }
    page.next = page.last ? at_.next_run() : at_.cursor();
    return page;
  }

  void add_row(const sql::SqliteStatement& row, RecordBatch& into, Arena& arena) const {
    RowHead head;
    if (is_removed(row)) {
      if (!plan_.deletions) return;
      head.op = RecordOp::remove;
    }
    head.key = read_cell(row, 0, key_, arena).view();
    if (version_) head.version = read_cell(row, 1, *version_, arena).view();
    const std::span<Value> cells = into.add(head);
    for (size_t slot = 0; slot < cells.size(); ++slot)
      cells[slot] = read_cell(row, static_cast<int>(slot) + 3, *columns_[slot], arena);
  }

  bool is_removed(const sql::SqliteStatement& row) const {
    if (!removed_ || row.is_null(2)) return false;
    return row.type(2) != SQLITE_INTEGER || row.integer(2) != 0;
  }

  Session& session_;
  ReadPlan plan_;
  Table table_;
  const Column& key_;
  const Column* version_ = nullptr;
  const Column* removed_ = nullptr;
  std::vector<const Column*> columns_;
  Shape shape_;
  Time now_;
  sql::ReadPosition at_;
  nlohmann::json low_;
};

/// All faults of the plan at once.
void check_plan(sql::SqliteDatabase& database, const Table& table, const ReadPlan& plan, const Column& key,
                const Settings& settings) {
  std::vector<std::string> faults;
  for (const std::string& path : plan.paths)
    if (!table.find(path)) faults.push_back(fmt::format("it has no column \"{}\"", path));
  if (!settings.soft_delete_field.empty() && !table.find(settings.soft_delete_field))
    faults.push_back(fmt::format("it has no column \"{}\", which softDeleteField names", settings.soft_delete_field));
  if (!table.is_view && !key.unique)
    faults.push_back(fmt::format("its column \"{}\" is not unique, so it cannot be the key", key.name));
  bool missing = false;
  if (!key.not_null)
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
    const Settings& settings = session_.settings();
    const Schema schema = describe_table(database, settings, plan.object);  // checks versionField too
    Table table = require_table(database, plan.object);
    const Column key = key_column(table, settings);
    check_plan(database, table, plan, key, settings);
    const Column* version = schema.version_field.empty() ? nullptr : table.find(schema.version_field);
    const std::optional<Column> stamp = version ? std::optional(*version) : std::nullopt;
    auto reader = std::make_unique<TableReader>(session_, std::move(plan), std::move(table), key,
                                                stamp ? &*stamp : nullptr, clock_.now());
    reader->begin(database);
    return reader;
  }

  Session& session_;
  Clock& clock_;
};

}  // namespace

std::unique_ptr<Source> make_source(Session& session, Clock& clock) {
  return std::make_unique<TableSource>(session, clock);
}

}  // namespace nexpo::sqlite

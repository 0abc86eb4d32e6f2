#include "sql/sqlite.hpp"

#include <fmt/format.h>

namespace nexpo::sql {

SqliteStatement::SqliteStatement(sqlite3* database, std::string_view sql, const std::string& path) : path_(path) {
  const int code = sqlite3_prepare_v3(database, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                                      &handle_, nullptr);
  if (code != SQLITE_OK) throw sqlite_error(sqlite3_extended_errcode(database), sqlite3_errmsg(database), path_);
}

void SqliteStatement::fail(int code) {
  sqlite3* database = sqlite3_db_handle(handle_);
  Error error =
      sqlite_error(code == SQLITE_MISUSE ? code : sqlite3_extended_errcode(database), sqlite3_errmsg(database), path_);
  reset();
  throw error;
}

SqliteDatabase::SqliteDatabase(std::filesystem::path file, const SqliteOptions& options) : path_(file.string()) {
  sqlite3* handle = nullptr;
  int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  flags |= options.read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
  if (options.create && !options.read_only) flags |= SQLITE_OPEN_CREATE;
  const int code = sqlite3_open_v2(path_.c_str(), &handle, flags, nullptr);
  handle_.reset(handle);
  if (code != SQLITE_OK) throw sqlite_error(code, handle ? sqlite3_errmsg(handle) : sqlite3_errstr(code), path_);

  sqlite3_busy_timeout(handle, static_cast<int>(options.busy_timeout.count()));
  execute(fmt::format("PRAGMA page_size={}", options.page_bytes));
  if (options.write_ahead_log && !options.read_only) execute("PRAGMA journal_mode=WAL");
  execute(
      fmt::format("PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA secure_delete=OFF;"
                  "PRAGMA temp_store=FILE; PRAGMA wal_autocheckpoint={}; PRAGMA cache_size=-{}",
                  options.checkpoint_pages, options.cache_kib));
  execute("SELECT 1 FROM sqlite_schema LIMIT 1");  // a file that is no database shows itself here
}

SqliteStatement& SqliteDatabase::statement(std::string_view sql) {
  const auto found = statements_.find(sql);
  if (found != statements_.end()) {
    found->second->reset();
    return *found->second;
  }
  return *statements_.emplace(std::string(sql), prepare(sql)).first->second;
}

std::unique_ptr<SqliteStatement> SqliteDatabase::prepare(std::string_view sql) {
  return std::make_unique<SqliteStatement>(handle_.get(), sql, path_);
}

void SqliteDatabase::execute(const std::string& script) {
  const int code = sqlite3_exec(handle_.get(), script.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) throw error(code);
}

Error SqliteDatabase::error(int code) const { return sqlite_error(code, sqlite3_errmsg(handle_.get()), path_); }

SqliteTransaction::SqliteTransaction(SqliteDatabase& database) : database_(database) {
  database_.statement("BEGIN IMMEDIATE").run();
}

SqliteTransaction::~SqliteTransaction() {
  if (open_) rollback();
}

void SqliteTransaction::commit() {
  const int code = try_commit();
  if (code != SQLITE_OK) throw database_.error(code);
}

int SqliteTransaction::try_commit() {
  SqliteStatement& statement = database_.statement("COMMIT");
  const int code = statement.try_step();
  statement.reset();
  if (code != SQLITE_DONE) return code;
  open_ = false;
  return SQLITE_OK;
}

void SqliteTransaction::rollback() {
  // A full disk or an I/O error may have rolled back already; a second rollback only reports that.
  sqlite3_exec(database_.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
  open_ = false;
}

}  // namespace nexpo::sql

// SQLite: a database file, its prepared statements and its transactions. All calls block.
#pragma once

#include <concepts>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include <sqlite3.h>

#include "base/error.hpp"

namespace nexpo::sql {

/// Bytes that are bound as a BLOB instead of as TEXT.
struct Blob {
  std::string_view bytes;
};

/// One prepared statement. Parameters count from 1, columns from 0. Bound texts and blobs are borrowed: they must live
/// until reset(). Texts are passed as they are, NUL bytes and invalid UTF-8 included.
class SqliteStatement {
 public:
  SqliteStatement(sqlite3* database, std::string_view sql, const std::string& path);
  ~SqliteStatement() { sqlite3_finalize(handle_); }
  SqliteStatement(const SqliteStatement&) = delete;

  void bind(int index, std::string_view text) {
    sqlite3_bind_text64(handle_, index, text.data() ? text.data() : "", text.size(), SQLITE_STATIC, SQLITE_UTF8);
  }
  void bind(int index, Blob blob) {
    sqlite3_bind_blob64(handle_, index, blob.bytes.data() ? blob.bytes.data() : "", blob.bytes.size(), SQLITE_STATIC);
  }
  void bind(int index, std::nullptr_t) { sqlite3_bind_null(handle_, index); }
  void bind(int index, std::integral auto number) {
    sqlite3_bind_int64(handle_, index, static_cast<sqlite3_int64>(number));
  }
  void bind(int index, double number) { sqlite3_bind_double(handle_, index, number); }

  /// True: a row is there to be read. False: the end. Throws Error, and is reset then.
  bool step() {
    const int code = sqlite3_step(handle_);
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    fail(code);
  }
  /// As step(), for callers that judge SQLite's result code themselves.
  int try_step() { return sqlite3_step(handle_); }
  /// Makes it ready to be bound and run again, and lets go of the rows.
  void reset() { sqlite3_reset(handle_); }

  bool is_null(int column) const { return sqlite3_column_type(handle_, column) == SQLITE_NULL; }
  int type(int column) const { return sqlite3_column_type(handle_, column); }
  int64_t integer(int column) const { return sqlite3_column_int64(handle_, column); }
  double real(int column) const { return sqlite3_column_double(handle_, column); }
  /// Valid until the next step() or reset().
  std::string_view text(int column) const {
    const void* bytes = sqlite3_column_blob(handle_, column);  // as a blob: no conversion, and exact for any byte
    return {bytes ? static_cast<const char*>(bytes) : "", static_cast<size_t>(sqlite3_column_bytes(handle_, column))};
  }
  sqlite3_stmt* handle() const { return handle_; }
  std::string string(int column) const { return std::string(text(column)); }

  /// Binds all parameters in order, runs to the end, resets.
  template <class... Values>
  void run(const Values&... values) {
    bind_all(values...);
    while (step()) {
    }
    reset();
  }
  /// Binds all parameters in order and calls `row(*this)` for each row.
  template <class Row, class... Values>
  void each(Row row, const Values&... values) {
    bind_all(values...);
    const Reset reset{*this};
    while (step()) row(*this);
  }
  /// True if there is a row; `row(*this)` is called for the first one.
  template <class Row, class... Values>
  bool first(Row row, const Values&... values) {
    bind_all(values...);
    const Reset reset{*this};
    if (!step()) return false;
    row(*this);
    return true;
  }

 private:
  struct Reset {
    SqliteStatement& statement;
    ~Reset() { statement.reset(); }
  };

  template <class... Values>
  void bind_all(const Values&... values) {
    int index = 0;
    (bind(++index, values), ...);
  }
  [[noreturn]] void fail(int code);

  sqlite3_stmt* handle_ = nullptr;
  const std::string& path_;
};

struct SqliteOptions {
  bool read_only = false;
  bool create = true;           ///< make the file if it is not there
  bool write_ahead_log = true;  ///< journal of new and existing files; false: leave the file's own
  Millis busy_timeout{5000};    ///< how long to wait for another process's lock
  int cache_kib = 16 * 1024;    ///< page cache of this connection
  int page_bytes = 4096;        ///< of a file that is made now
  int checkpoint_pages = 1000;  ///< pages in the write-ahead log before they are moved into the file
};

/// One connection. One thread at a time. Durable: every commit is on the disk when it returns (synchronous=FULL).
class SqliteDatabase {
 public:
  /// Throws Error{invalid} if the file cannot be opened or is no database; the message says which and why.
  explicit SqliteDatabase(std::filesystem::path file, const SqliteOptions& options = {});
  SqliteDatabase(const SqliteDatabase&) = delete;

  /// The prepared statement of `sql`, made at the first call and kept; reset and ready to be bound.
  SqliteStatement& statement(std::string_view sql);
  /// A statement that the caller keeps for itself. It must not outlive the database.
  std::unique_ptr<SqliteStatement> prepare(std::string_view sql);
  /// Runs statements without parameters, separated by semicolons.
  void execute(const std::string& script);

  /// Rows that the last INSERT, UPDATE or DELETE touched itself (not its triggers).
  int64_t changes() const { return sqlite3_changes64(handle_.get()); }
  sqlite3* handle() const { return handle_.get(); }
  const std::string& path() const { return path_; }

  /// What `code` means, with SQLite's own message.
  Error error(int code) const;

 private:
  struct Close {
    void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
  };

  std::string path_;
  std::unique_ptr<sqlite3, Close> handle_;
  struct TextHash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  std::unordered_map<std::string, std::unique_ptr<SqliteStatement>, TextHash, std::equal_to<>> statements_;
};

/// Takes the write lock when made; rolls back when destroyed without commit().
class SqliteTransaction {
 public:
  explicit SqliteTransaction(SqliteDatabase& database);
  ~SqliteTransaction();
  SqliteTransaction(const SqliteTransaction&) = delete;
  void commit();
  /// As commit(), for callers that judge the result code themselves; the transaction stays open unless it is SQLITE_OK.
  int try_commit();
  void rollback();

 private:
  SqliteDatabase& database_;
  bool open_ = true;
};

/// SQLite's name of a result code, for example "SQLITE_CONSTRAINT_NOTNULL"; the number as text if we do not know it.
std::string sqlite_code_name(int code);

/// The error that `code` stands for: full disk, lock and I/O trouble are `unavailable`, the rest is `invalid`.
Error sqlite_error(int code, std::string_view detail, std::string_view path);

}  // namespace nexpo::sql

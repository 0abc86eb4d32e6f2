// What SQLite's result codes mean to us.
#include <fmt/format.h>

#include <array>
#include <utility>

#include "sql/sqlite.hpp"

namespace nexpo::sql {
namespace {

constexpr std::array<std::pair<int, std::string_view>, 31> kNames{{
    {SQLITE_ERROR, "SQLITE_ERROR"},
    {SQLITE_PERM, "SQLITE_PERM"},
    {SQLITE_BUSY, "SQLITE_BUSY"},
    {SQLITE_BUSY_SNAPSHOT, "SQLITE_BUSY_SNAPSHOT"},
    {SQLITE_LOCKED, "SQLITE_LOCKED"},
    {SQLITE_NOMEM, "SQLITE_NOMEM"},
    {SQLITE_READONLY, "SQLITE_READONLY"},
    {SQLITE_IOERR, "SQLITE_IOERR"},
    {SQLITE_IOERR_READ, "SQLITE_IOERR_READ"},
    {SQLITE_IOERR_SHORT_READ, "SQLITE_IOERR_SHORT_READ"},
    {SQLITE_IOERR_WRITE, "SQLITE_IOERR_WRITE"},
    {SQLITE_IOERR_FSYNC, "SQLITE_IOERR_FSYNC"},
    {SQLITE_CORRUPT, "SQLITE_CORRUPT"},
    {SQLITE_FULL, "SQLITE_FULL"},
    {SQLITE_CANTOPEN, "SQLITE_CANTOPEN"},
    {SQLITE_TOOBIG, "SQLITE_TOOBIG"},
    {SQLITE_CONSTRAINT, "SQLITE_CONSTRAINT"},
    {SQLITE_CONSTRAINT_CHECK, "SQLITE_CONSTRAINT_CHECK"},
    {SQLITE_CONSTRAINT_DATATYPE, "SQLITE_CONSTRAINT_DATATYPE"},
    {SQLITE_CONSTRAINT_FOREIGNKEY, "SQLITE_CONSTRAINT_FOREIGNKEY"},
    {SQLITE_CONSTRAINT_FUNCTION, "SQLITE_CONSTRAINT_FUNCTION"},
    {SQLITE_CONSTRAINT_NOTNULL, "SQLITE_CONSTRAINT_NOTNULL"},
    {SQLITE_CONSTRAINT_PRIMARYKEY, "SQLITE_CONSTRAINT_PRIMARYKEY"},
    {SQLITE_CONSTRAINT_ROWID, "SQLITE_CONSTRAINT_ROWID"},
    {SQLITE_CONSTRAINT_TRIGGER, "SQLITE_CONSTRAINT_TRIGGER"},
    {SQLITE_CONSTRAINT_UNIQUE, "SQLITE_CONSTRAINT_UNIQUE"},
    {SQLITE_MISMATCH, "SQLITE_MISMATCH"},
    {SQLITE_MISUSE, "SQLITE_MISUSE"},
    {SQLITE_AUTH, "SQLITE_AUTH"},
    {SQLITE_RANGE, "SQLITE_RANGE"},
    {SQLITE_NOTADB, "SQLITE_NOTADB"},
}};

}  // namespace

std::string sqlite_code_name(int code) {
  for (const int wanted : {code, code & 0xff})
    for (const auto& [value, name] : kNames)
      if (value == wanted) return std::string(name);
  return fmt::format("SQLITE_{}", code);
}

Error sqlite_error(int code, std::string_view detail, std::string_view path) {
  ErrorKind kind = ErrorKind::invalid;
  std::string message;
  switch (code & 0xff) {
    case SQLITE_FULL:
      kind = ErrorKind::unavailable;
      message = fmt::format("{}: the disk is full; free some space and run again", path);
      break;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      kind = ErrorKind::unavailable;
      message = fmt::format("{}: another process holds the database's lock ({})", path, detail);
      break;
    case SQLITE_IOERR:
      kind = ErrorKind::unavailable;
      message =
          fmt::format("{}: reading or writing the file failed ({}); check the disk and its free space", path, detail);
      break;
    case SQLITE_NOMEM:
      kind = ErrorKind::unavailable;
      message = fmt::format("{}: out of memory", path);
      break;
    case SQLITE_NOTADB: message = fmt::format("{}: this file is not a SQLite database", path); break;
    case SQLITE_CORRUPT:
      message = fmt::format(
          "{}: the database file is damaged ({}); restore a copy of it, or move it away to start anew", path, detail);
      break;
    case SQLITE_CANTOPEN:
      message =
          fmt::format("{}: the file cannot be opened; check that it exists, its folder and its permissions", path);
      break;
    case SQLITE_READONLY:
    case SQLITE_PERM:
      message = fmt::format("{}: the file cannot be written ({}); check its owner and permissions", path, detail);
      break;
    default: message = fmt::format("{}: {}", path, detail);
  }
  return Error(kind, std::move(message)).with_code(sqlite_code_name(code));
}

}  // namespace nexpo::sql

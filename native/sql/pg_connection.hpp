// PgConnection: one session with a PostgreSQL server. All calls block.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>

#include <libpq-fe.h>
#include <pqxx/pqxx>

#include "base/error.hpp"
#include "sql/pg_address.hpp"

namespace nexpo::sql {

/// Connects once and keeps the handle that libpqxx hides; a lost connection is never silently made anew, since its
/// temporary tables and locks would be gone.
class PgOneConnect final : public pqxx::connectionpolicy {
 public:
  explicit PgOneConnect(const PgAddress& address) : pqxx::connectionpolicy(""), address_(address) {}
  handle do_startconnect(handle) override;
  PGconn* raw() const { return raw_; }

 private:
  const PgAddress& address_;
  PGconn* raw_ = nullptr;
};

/// What the server said about a statement that failed.
struct PgFailure {
  std::string sqlstate;
  std::string message;  ///< with the server's detail
  std::string column;   ///< the column in question, or empty
  std::string constraint;
  int copy_line = 0;  ///< line of the COPY data in question, from 1; 0: not known
  /// True if the data of some row is to blame (classes 21, 22, 23, 44, oversized values, what triggers raise): other
  /// rows may pass.
  bool is_row_fault() const;
};

using PgResult = std::unique_ptr<PGresult, void (*)(PGresult*)>;

/// A session in UTC, with ISO dates and intervals. Everything that libpqxx does is done through it as a
/// pqxx::connection_base; raw() serves what libpqxx 6 cannot do. One thread at a time.
class PgConnection final : public pqxx::connection_base {
 public:
  /// Throws Error: unauthorized (refused credentials), unavailable (no server, too many connections), invalid.
  explicit PgConnection(const PgAddress& address);
  ~PgConnection() { close(); }

  PGconn* raw() const { return connect_.raw(); }
  const PgAddress& address() const { return address_; }
  /// True if the session can be used for another piece of work.
  bool is_usable() const;
  /// What was made once in this session (temporary tables, prepared statements) is noted by name.
  bool has_made(const std::string& name) const { return made_.contains(name); }
  void note_made(std::string name) { made_.insert(std::move(name)); }

  /// Sends `script`, which copies from STDIN in one of its statements, and data for that COPY, in one round trip.
  /// `next` gives the data in pieces, an empty one at the end: the server takes a piece in while the next one is made.
  /// The script is one transaction. Gives the rows of the last SELECT or RETURNING, or the failure; then nothing was
  /// changed. Throws Error if the connection broke.
  struct Copied {
    PgResult rows{nullptr, PQclear};
    std::optional<PgFailure> failure;
  };
  using NextPiece = std::function<std::string_view()>;
  Copied copy(const std::string& script, const NextPiece& next);

 private:
  PgAddress address_;
  PgOneConnect connect_;
  std::unordered_set<std::string> made_;
};

/// What a message of libpq in its verbose form says: "ERROR:  42501: permission denied for table t", more lines.
PgFailure read_verbose_failure(std::string_view message);

/// The error that an exception of libpqxx (or any other) stands for. Never holds a password.
Error pg_error(std::exception_ptr thrown, const PgAddress& address);
/// The error that a failed statement stands for.
Error pg_error(const PgFailure& failure, const PgAddress& address);

/// Runs `call()` and throws an Error for whatever it throws.
template <class Call>
auto translating_pg_errors(const PgAddress& address, Call call) {
  std::exception_ptr thrown;
  try {
    return call();
  } catch (...) {
    thrown = std::current_exception();
  }
  throw pg_error(thrown, address);
}

}  // namespace nexpo::sql

// What PostgreSQL's SQLSTATE codes mean to us (https://www.postgresql.org/docs/current/errcodes-appendix.html).
#include <fmt/format.h>

#include <array>

#include "sql/pg_connection.hpp"

namespace nexpo::sql {
namespace {

/// Codes and classes after which the same call may succeed: connection trouble, serialisation failures, deadlocks,
/// exhausted resources, locks, shutdowns, time limits, a server that became read-only in a failover.
constexpr std::array<std::string_view, 11> kRetryable{"08",    "40001", "40P01", "53",    "55P03", "57014",
                                                      "57P01", "57P02", "57P03", "57P05", "25006"};
constexpr std::array<std::string_view, 2> kUnauthorized{"28", "42501"};

template <size_t n>
bool is_one_of(std::string_view sqlstate, const std::array<std::string_view, n>& list) {
  for (const std::string_view prefix : list)
    if (sqlstate.starts_with(prefix)) return true;
  return false;
}

ErrorKind kind_of(std::string_view sqlstate) {
  if (is_one_of(sqlstate, kRetryable)) return ErrorKind::unavailable;
  if (is_one_of(sqlstate, kUnauthorized)) return ErrorKind::unauthorized;
  if (sqlstate.starts_with("XX")) return ErrorKind::internal;
  return ErrorKind::invalid;
}

std::string_view advice_for(std::string_view sqlstate) {
  if (sqlstate.starts_with("28")) return "; check user and password";
  if (sqlstate == "42501") return "; grant the user the right it lacks";
  if (sqlstate == "3D000") return "; check the name of the database";
  if (sqlstate == "53300") return "; raise max_connections or end idle sessions";
  if (sqlstate == "53100") return "; free some disk space on the server";
  return "";
}

}  // namespace

PgFailure read_verbose_failure(std::string_view message) {
  PgFailure failure;
  message = message.substr(0, message.find('\n'));
  const size_t severity = message.find(":  ");
  if (severity != std::string_view::npos) message.remove_prefix(severity + 3);
  const bool has_code = message.size() > 7 && message.substr(5, 2) == ": " &&
                        message.find_first_not_of("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 5;
  if (has_code) {
    failure.sqlstate = message.substr(0, 5);
    message.remove_prefix(7);
  }
  failure.message = message;
  return failure;
}

bool PgFailure::is_row_fault() const {
  static constexpr std::array<std::string_view, 6> kRowFaults{"21", "22", "23", "44", "P0001", "54000"};
  return is_one_of(sqlstate, kRowFaults);
}

Error pg_error(const PgFailure& failure, const PgAddress& address) {
  return Error(kind_of(failure.sqlstate),
               fmt::format("{}: {}{}", address.shown(), failure.message, advice_for(failure.sqlstate)))
      .with_code(failure.sqlstate)
      .with_field(failure.column);
}

Error pg_error(std::exception_ptr thrown, const PgAddress& address) {
  try {
    std::rethrow_exception(std::move(thrown));
  } catch (const Error& error) {
    return error;
  } catch (const pqxx::sql_error& error) {
    PgFailure failure = read_verbose_failure(error.what());
    if (failure.sqlstate.empty()) failure.sqlstate = error.sqlstate();
    return pg_error(failure, address);
  } catch (const pqxx::in_doubt_error&) {
    return Error(ErrorKind::unavailable,
                 fmt::format("{}: the connection broke during a commit; it may have taken effect", address.shown()))
        .with_unknown_outcome();
  } catch (const pqxx::broken_connection& error) {
    PgFailure failure = read_verbose_failure(error.what());
    if (failure.sqlstate.empty()) failure.sqlstate = "08006";
    return pg_error(failure, address);
  } catch (const std::exception& error) {
    return Error(ErrorKind::internal, fmt::format("{}: {}", address.shown(), error.what()));
  }
}

}  // namespace nexpo::sql

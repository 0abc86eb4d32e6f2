#include "sql/pg_connection.hpp"

#include <fmt/format.h>
#include <poll.h>

#include <charconv>
#include <chrono>

namespace nexpo::sql {
namespace {

constexpr std::chrono::seconds kConnectTimeout{20};

// Every value that we read or write as text depends on these.
constexpr const char* kSessionSettings =
    "SET client_encoding = 'UTF8'; SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'iso_8601'; "
    "SET bytea_output = 'hex'; SET extra_float_digits = 1; SET lock_timeout = '30s'; "
    "SET idle_in_transaction_session_timeout = '10min'";

std::string text_of(const char* text) {
  std::string out = text ? text : "";
  while (!out.empty() && (out.back() == '\n' || out.back() == ' ')) out.pop_back();
  return out;
}

bool wait_for(PGconn* connection, PostgresPollingStatusType wanted, std::chrono::steady_clock::time_point deadline) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
  pollfd socket{PQsocket(connection), static_cast<short>(wanted == PGRES_POLLING_READING ? POLLIN : POLLOUT), 0};
  return left.count() > 0 && poll(&socket, 1, static_cast<int>(left.count())) > 0;
}

/// Connects with verbose errors: a refusal tells its code then, and so does what libpqxx throws without one.
std::unique_ptr<PGconn, void (*)(PGconn*)> connect(const PgAddress& address) {
  std::vector<const char*> names, values;
  for (const auto& [name, value] : address.parameters()) {
    names.push_back(name.c_str());
    values.push_back(value.c_str());
  }
  for (const auto& [name, value] :
       {std::pair("fallback_application_name", "data-sync"), std::pair("client_encoding", "UTF8")}) {
    names.push_back(name);
    values.push_back(value);
  }
  names.push_back(nullptr);
  values.push_back(nullptr);
  std::unique_ptr<PGconn, void (*)(PGconn*)> connection(PQconnectStartParams(names.data(), values.data(), 0), PQfinish);
  if (!connection) throw Error(ErrorKind::unavailable, "out of memory");
  PQsetErrorVerbosity(connection.get(), PQERRORS_VERBOSE);
  const auto deadline = std::chrono::steady_clock::now() + kConnectTimeout;
  PostgresPollingStatusType step =
      PQstatus(connection.get()) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING;
  while (step != PGRES_POLLING_OK && step != PGRES_POLLING_FAILED) {
    if (!wait_for(connection.get(), step, deadline))
      throw Error(ErrorKind::unavailable,
                  fmt::format("{}: no answer within {} seconds", address.shown(), kConnectTimeout.count()));
    step = PQconnectPoll(connection.get());
  }
  return connection;
}

}  // namespace

pqxx::connectionpolicy::handle PgOneConnect::do_startconnect(handle given) {
  if (given) return given;
  if (raw_) throw pqxx::broken_connection("the connection was lost");
  auto connection = connect(address_);
  if (PQstatus(connection.get()) != CONNECTION_OK) {
    PgFailure failure = read_verbose_failure(PQerrorMessage(connection.get()));
    if (failure.sqlstate.empty()) failure.sqlstate = PQconnectionNeedsPassword(connection.get()) ? "28P01" : "08001";
    throw pg_error(failure, address_);
  }
  PQsetNoticeProcessor(
      connection.get(), [](void*, const char*) {}, nullptr);
  raw_ = connection.get();
  return connection.release();
}

PgConnection::PgConnection(const PgAddress& address)
    : pqxx::connection_base(connect_), address_(address), connect_(address_) {
  translating_pg_errors(address_, [this] {
    init();
    pqxx::nontransaction(*this).exec(kSessionSettings);
  });
}

bool PgConnection::is_usable() const {
  return raw() && PQstatus(raw()) == CONNECTION_OK && PQtransactionStatus(raw()) == PQTRANS_IDLE;
}

namespace {

/// "COPY stage, line 3, column amount: "abc"", on a line of its own, says where. In another language it does not, and
/// then callers have to look for the row themselves.
void read_copy_place(std::string_view context, PgFailure& failure) {
  const size_t start = context.starts_with("COPY ") ? 0 : context.find("\nCOPY ");
  if (start == std::string_view::npos) return;
  context.remove_prefix(start);
  const size_t line = context.find(", line ");
  const size_t column = context.find(", column ");
  const size_t column_end = column == std::string_view::npos ? column : context.find(':', column);
  if (line == std::string_view::npos) return;
  std::from_chars(context.data() + line + 7, context.data() + context.size(), failure.copy_line);
  if (column_end != std::string_view::npos && failure.column.empty())
    failure.column = context.substr(column + 9, column_end - column - 9);
}

PgFailure failure_of(const PGresult* result) {
  const auto field = [&](int code) { return text_of(PQresultErrorField(result, code)); };
  PgFailure failure{field(PG_DIAG_SQLSTATE), field(PG_DIAG_MESSAGE_PRIMARY), field(PG_DIAG_COLUMN_NAME),
                    field(PG_DIAG_CONSTRAINT_NAME), 0};
  const std::string detail = field(PG_DIAG_MESSAGE_DETAIL);
  if (!detail.empty()) failure.message += " (" + detail + ")";
  read_copy_place(field(PG_DIAG_CONTEXT), failure);
  return failure;
}

void send_copy(PGconn* connection, const PgConnection::NextPiece& next) {
  constexpr size_t kChunkBytes = 64 * 1024;
  for (std::string_view data = next(); !data.empty(); data = next()) {
    for (size_t at = 0; at < data.size(); at += kChunkBytes) {
      const std::string_view chunk = data.substr(at, kChunkBytes);
      if (PQputCopyData(connection, chunk.data(), static_cast<int>(chunk.size())) != 1)
        throw pqxx::broken_connection(text_of(PQerrorMessage(connection)));
    }
  }
  if (PQputCopyEnd(connection, nullptr) != 1) throw pqxx::broken_connection(text_of(PQerrorMessage(connection)));
}

}  // namespace

PgConnection::Copied PgConnection::copy(const std::string& script, const NextPiece& next) {
  return translating_pg_errors(address_, [&] {
    Copied out;
    if (PQsendQuery(raw(), script.c_str()) != 1) throw pqxx::broken_connection(text_of(PQerrorMessage(raw())));
    for (;;) {
      PgResult result(PQgetResult(raw()), PQclear);
      if (!result) break;
      switch (PQresultStatus(result.get())) {
        case PGRES_COPY_IN: send_copy(raw(), next); break;
        case PGRES_TUPLES_OK: out.rows = std::move(result); break;
        case PGRES_COMMAND_OK: break;
        default:
          if (!out.failure) out.failure = failure_of(result.get());
      }
    }
    if (PQstatus(raw()) != CONNECTION_OK)
      throw pqxx::broken_connection(out.failure ? out.failure->message : text_of(PQerrorMessage(raw())));
    return out;
  });
}

}  // namespace nexpo::sql

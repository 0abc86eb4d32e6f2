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

/// "FATAL:  28P01: password authentication failed": the verbose form says the code before the words.
std::string sqlstate_in(std::string_view message) {
  const size_t at = message.find(":  ");
  if (at == std::string_view::npos || message.size() < at + 9 || message[at + 8] != ':') return "";
  const std::string_view code = message.substr(at + 3, 5);
  for (const char c : code)
    if (!(c >= '0' && c <= '9') && !(c >= 'A' && c <= 'Z')) return "";
  return std::string(code);
}

/// The words of the first line, without severity and code.
std::string words_in(std::string_view message, std::string_view sqlstate) {
  if (!sqlstate.empty()) message.remove_prefix(message.find(sqlstate) + sqlstate.size() + 2);
  return std::string(message.substr(0, message.find('\n')));
}

bool wait_for(PGconn* connection, PostgresPollingStatusType wanted, std::chrono::steady_clock::time_point deadline) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
  pollfd socket{PQsocket(connection), static_cast<short>(wanted == PGRES_POLLING_READING ? POLLIN : POLLOUT), 0};
  return left.count() > 0 && poll(&socket, 1, static_cast<int>(left.count())) > 0;
}

/// Connects with verbose errors, so that a refusal tells its code.
std::unique_ptr<PGconn, void (*)(PGconn*)> connect(const PgAddress& address) {
  std::vector<const char*> names, values;
  for (const auto& [name, value] : address.parameters()) {
    names.push_back(name.c_str());
    values.push_back(value.c_str());
  }
  for (const auto& [name, value] : {std::pair("fallback_application_name", "data-sync"), std::pair("client_encoding", "UTF8")}) {
    names.push_back(name);
    values.push_back(value);
  }
  names.push_back(nullptr);
  values.push_back(nullptr);
  std::unique_ptr<PGconn, void (*)(PGconn*)> connection(PQconnectStartParams(names.data(), values.data(), 0), PQfinish);
  if (!connection) throw Error(ErrorKind::unavailable, "out of memory");
  PQsetErrorVerbosity(connection.get(), PQERRORS_VERBOSE);
  const auto deadline = std::chrono::steady_clock::now() + kConnectTimeout;
  PostgresPollingStatusType step = PQstatus(connection.get()) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING;
  while (step != PGRES_POLLING_OK && step != PGRES_POLLING_FAILED) {
    if (!wait_for(connection.get(), step, deadline))
      throw Error(ErrorKind::unavailable, fmt::format("{}: no answer within {} seconds", address.shown(), kConnectTimeout.count()));
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
    const std::string message = text_of(PQerrorMessage(connection.get()));
    const std::string sqlstate = sqlstate_in(message);
    PgFailure failure;
    failure.sqlstate = sqlstate.empty() ? (PQconnectionNeedsPassword(connection.get()) ? "28P01" : "08001") : sqlstate;
    failure.message = words_in(message, sqlstate);
    throw pg_error(failure, address_);
  }
  PQsetErrorVerbosity(connection.get(), PQERRORS_DEFAULT);
  PQsetNoticeProcessor(connection.get(), [](void*, const char*) {}, nullptr);
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

PgFailure failure_of(const PGresult* result) {
  const auto field = [&](int code) { return text_of(PQresultErrorField(result, code)); };
  PgFailure failure{field(PG_DIAG_SQLSTATE), field(PG_DIAG_MESSAGE_PRIMARY), field(PG_DIAG_COLUMN_NAME),
                    field(PG_DIAG_CONSTRAINT_NAME), 0};
  const std::string detail = field(PG_DIAG_MESSAGE_DETAIL);
  if (!detail.empty()) failure.message += " (" + detail + ")";
  // "COPY stage, line 3, column amount: "abc"" says where; in another language it does not, and the rows are halved.
  const std::string context = field(PG_DIAG_CONTEXT);
  if (context.starts_with("COPY ")) {
    const size_t line = context.find(", line ");
    const size_t column = context.find(", column ");
    const size_t column_end = column == std::string::npos ? column : context.find(':', column);
    if (line != std::string::npos)
      std::from_chars(context.data() + line + 7, context.data() + context.size(), failure.copy_line);
    if (column_end != std::string::npos && failure.column.empty())
      failure.column = context.substr(column + 9, column_end - column - 9);
  }
  return failure;
}

void send_copy(PGconn* connection, std::string_view data) {
  constexpr size_t kChunkBytes = 64 * 1024;
  for (size_t at = 0; at < data.size(); at += kChunkBytes) {
    const std::string_view chunk = data.substr(at, kChunkBytes);
    if (PQputCopyData(connection, chunk.data(), static_cast<int>(chunk.size())) != 1)
      throw pqxx::broken_connection(text_of(PQerrorMessage(connection)));
  }
  if (PQputCopyEnd(connection, nullptr) != 1) throw pqxx::broken_connection(text_of(PQerrorMessage(connection)));
}

}  // namespace

PgConnection::Copied PgConnection::copy(const std::string& script, std::string_view data) {
  return translating_pg_errors(address_, [&] {
    Copied out;
    if (PQsendQuery(raw(), script.c_str()) != 1) throw pqxx::broken_connection(text_of(PQerrorMessage(raw())));
    for (;;) {
      PgResult result(PQgetResult(raw()), PQclear);
      if (!result) break;
      switch (PQresultStatus(result.get())) {
        case PGRES_COPY_IN: send_copy(raw(), data); break;
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

// copy_floor DATABASE_URL TABLE DATA_FOLDER RECORDS BATCH STEP GENERATION BASE MERGE_SQL
// The floor of writing to PostgreSQL: rows that lie ready as COPY text go into a staging table and from there, BATCH at
// a time, into TABLE, over libpq and one connection. STEP, GENERATION and BASE say how the
// records have changed (responder/row_image.hpp).
// Prints {"records": n, "seconds": s}; the seconds begin behind the login.
#include <libpq-fe.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>

#include "responder/row_image.hpp"

namespace {

constexpr size_t kSendBytes = 256 * 1024;

class Session {
 public:
  explicit Session(const char* url) : connection_(PQconnectdb(url)) {
    if (PQstatus(connection_) != CONNECTION_OK) fail();
  }
  ~Session() { PQfinish(connection_); }
  Session(const Session&) = delete;

  void execute(const std::string& sql, ExecStatusType wanted = PGRES_COMMAND_OK) {
    PGresult* result = PQexec(connection_, sql.c_str());
    const bool right = PQresultStatus(result) == wanted;
    PQclear(result);
    if (!right) fail();
  }

  void put(const std::string& rows) {
    if (PQputCopyData(connection_, rows.data(), static_cast<int>(rows.size())) != 1) fail();
  }

  void end_copy() {
    if (PQputCopyEnd(connection_, nullptr) != 1) fail();
    while (PGresult* result = PQgetResult(connection_)) {
      const bool right = PQresultStatus(result) == PGRES_COMMAND_OK;
      PQclear(result);
      if (!right) fail();
    }
  }

 private:
  [[noreturn]] void fail() { throw std::runtime_error(PQerrorMessage(connection_)); }

  PGconn* connection_;
};

void copy_rows(Session& session, const bench::RowImage& image, const bench::Change& change, size_t from, size_t to) {
  session.execute("COPY staging FROM STDIN", PGRES_COPY_IN);
  std::string rows;
  for (size_t index = from; index < to; ++index) {
    image.append(rows, index, change);
    if (rows.size() < kSendBytes && index + 1 < to) continue;
    session.put(rows);
    rows.clear();
  }
  session.end_copy();
}

double run(char** words) {
  Session session(words[1]);
  const bench::RowImage image(std::string(words[3]) + "/mapped.copy");
  const size_t records = std::stoul(words[4]);
  const size_t batch = std::stoul(words[5]);
  bench::Change change;
  change.step = std::stoul(words[6]);
  change.generation = std::stoi(words[7]);
  change.base = std::stoi(words[8]);
  session.execute(std::string("CREATE TEMPORARY TABLE staging AS SELECT * FROM ") + words[2] + " LIMIT 0");
  const auto started = std::chrono::steady_clock::now();
  for (size_t from = 0; from < records; from += batch) {
    session.execute("BEGIN");
    copy_rows(session, image, change, from, std::min(records, from + batch));
    session.execute(words[9]);
    session.execute("TRUNCATE staging");
    session.execute("COMMIT");
  }
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
}

}  // namespace

int main(int count, char** words) {
  if (count != 10) {
    std::fprintf(stderr, "copy_floor: nine arguments are needed: see the top of its source\n");
    return EXIT_FAILURE;
  }
  try {
    std::printf("{\"records\":%s,\"seconds\":%.6f}\n", words[4], run(words));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "copy_floor: %s\n", error.what());
    return EXIT_FAILURE;
  }
}

// A database of its own for one test, on the server that DATA_SYNC_TEST_PG names.
#pragma once

#include <cstdlib>
#include <string>

#include <unistd.h>

#include "sql/pg_connection.hpp"

/// libpqxx 6 loses the result of a statement during which the connection broke (2 KB): the leak checker looks past
/// that.
extern "C" __attribute__((weak, used, visibility("default"))) const char* __lsan_default_suppressions() {
  return "leak:libpqxx";
}

namespace nexpo {

/// Null if no server is named: the test is skipped then.
inline const char* pg_test_url() { return std::getenv("DATA_SYNC_TEST_PG"); }

class PgTestDatabase {
 public:
  PgTestDatabase() : admin_(sql::PgAddress::parse(pg_test_url())) {
    static int count = 0;
    name_ = "data_sync_test_" + std::to_string(getpid()) + "_" + std::to_string(++count);
    pqxx::nontransaction(admin_).exec("CREATE DATABASE " + name_);
    address_ = admin_.address();
    address_.set("dbname", name_);
  }
  ~PgTestDatabase() {
    try {
      pqxx::nontransaction(admin_).exec("DROP DATABASE " + name_ + " WITH (FORCE)");
    } catch (const std::exception&) {
      // The server is the test run's own and goes with it.
    }
  }
  PgTestDatabase(const PgTestDatabase&) = delete;

  const sql::PgAddress& address() const { return address_; }
  std::string url() const {
    const auto part = [&](const char* name) { return std::string(address_.get(name)); };
    return "postgresql://" + part("user") + ":" + part("password") + "@" + part("host") + ":" + part("port") + "/" +
           name_;
  }

 private:
  sql::PgConnection admin_;
  sql::PgAddress address_;
  std::string name_;
};

}  // namespace nexpo

// Where the conformance suite's stores live: a folder for SQLite, a database of its own for PostgreSQL.
#pragma once

#include <memory>
#include <string>

#include "base/workers.hpp"
#include "store/store.hpp"

namespace nexpo {

class StoreHome {
 public:
  virtual ~StoreHome() = default;
  /// Opens the same state once more, as another process would.
  virtual Task<std::unique_ptr<StateStore>> open(Workers& workers) = 0;
  /// Notes a migration that this program does not know, as a newer one would have.
  virtual void pretend_newer_version() = 0;
  /// Runs a statement past the store, as somebody with a shell would: in PostgreSQL's words, tables as data_sync.NAME.
  virtual void execute(std::string statement) = 0;
};

std::unique_ptr<StoreHome> make_sqlite_home();
/// Null if DATA_SYNC_TEST_PG is not set.
std::unique_ptr<StoreHome> make_pg_home();

}  // namespace nexpo

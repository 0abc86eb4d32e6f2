// The sqlite connector: one database file as source and target.
#pragma once

#include <atomic>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "base/started.hpp"
#include "connectors/connector.hpp"
#include "connectors/sqlite/table.hpp"
#include "sql/sqlite.hpp"

namespace nexpo::sqlite {

extern const ConnectorType kType;

struct Settings {
  std::filesystem::path path;
  std::string key;            ///< key column; empty: the primary key
  std::string version_field;  ///< change stamp column; empty: full reads only
  bool create_table = false;
  std::string soft_delete_field;  ///< column that marks removed rows; empty: none
};

/// The open file, shared by everything that hangs off one connection in one direction. Opened at the first use.
class Session {
 public:
  Session(Settings settings, Workers& workers, bool read_only)
      : settings_(std::move(settings)), workers_(workers), read_only_(read_only) {}

  const Settings& settings() const { return settings_; }
  /// A file that a run makes, and nothing before: looking at it would leave an empty one behind.
  bool to_be_made() const { return settings_.create_table && !std::filesystem::exists(settings_.path); }
  uint64_t calls() const { return calls_; }

  /// Runs `work(database)` off the loop thread, one piece at a time.
  template <class Work>
  Task<std::invoke_result_t<Work&, sql::SqliteDatabase&>> run(Work work) {
    const Semaphore::Permit turn = co_await turn_.acquire();
    ++calls_;
    auto job = [&] { return work(open()); };
    co_return co_await workers_.run(std::move(job));
  }

 private:
  sql::SqliteDatabase& open();

  Settings settings_;
  Workers& workers_;
  bool read_only_;
  std::unique_ptr<sql::SqliteDatabase> database_;
  Semaphore turn_{1};
  uint64_t calls_ = 0;
};

std::unique_ptr<Source> make_source(Session& session, Clock& clock);
std::unique_ptr<Target> make_target(Session& session);

/// The table, or Error{invalid} that names the tables there are.
Table require_table(sql::SqliteDatabase& database, const std::string& name);
std::vector<std::string> table_names(sql::SqliteDatabase& database);
std::vector<ObjectSummary> list_tables(sql::SqliteDatabase& database);
Schema describe_table(sql::SqliteDatabase& database, const Settings& settings, const std::string& object);

/// The column that identifies a row: the configured one, else the only column of the primary key.
/// Throws Error{invalid} with the fix.
const Column& key_column(const Table& table, const Settings& settings);

}  // namespace nexpo::sqlite

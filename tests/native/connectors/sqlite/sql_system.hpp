// One SQL database behind the conformance suite of the SQL connectors: the connector under test, and a plain way to
// the same tables beside it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "connectors/connector.hpp"
#include "support/sim_clock.hpp"

namespace nexpo {

using SqlRows = std::vector<std::vector<std::optional<std::string>>>;

class SqlSystem {
 public:
  virtual ~SqlSystem() = default;
  virtual const ConnectorType& type() const = 0;
  /// The configuration that reaches the database, without any option.
  virtual nlohmann::json config() const = 0;
  virtual void execute(const std::string& sql) = 0;
  virtual SqlRows query(const std::string& sql) = 0;
};

std::unique_ptr<SqlSystem> make_sqlite_system();
/// Null if DATA_SYNC_TEST_PG is not set.
std::unique_ptr<SqlSystem> make_pg_system();

/// What connect() needs, without a network.
class SqlContext {
 public:
  SqlContext() : workers_(clock_) {}
  SimClock& clock() { return clock_; }
  std::unique_ptr<Connection> connect(const SqlSystem& system,
                                      const nlohmann::json& options = nlohmann::json::object());

  template <class T>
  T wait(Task<T> task) {
    return clock_.run(std::move(task));
  }

 private:
  class NoHttp final : public http::Client {
    Task<http::Response> send(http::Request) override { throw Error(ErrorKind::internal, "no HTTP here"); }
  };
  class NoCredentials final : public CredentialStore {
    Task<std::optional<std::string>> get(std::string) override { co_return std::nullopt; }
    Task<> put(std::string, std::string) override { co_return; }
  };

  SimClock clock_;
  SimWorkers workers_;
  NoHttp http_;
  NoCredentials credentials_;
};

/// A batch whose texts live as long as it does.
RecordBatch batch_of(const Shape& shape, const std::vector<std::vector<Value>>& rows);
/// Removals of the given target keys.
RecordBatch keys_of(const Shape& shape, const std::vector<std::string>& keys);

}  // namespace nexpo

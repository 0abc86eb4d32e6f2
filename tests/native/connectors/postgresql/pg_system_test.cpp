#include "connectors/postgresql/postgresql.hpp"
#include "connectors/sqlite/sql_system.hpp"
#include "sql/pg_test_database.hpp"

namespace nexpo {
namespace {

class PgSystem final : public SqlSystem {
 public:
  PgSystem() : connection_(database_.address()) {}
  const ConnectorType& type() const override { return postgresql::kType; }
  nlohmann::json config() const override { return {{"connectionString", database_.url()}}; }
  void execute(const std::string& sql) override { pqxx::nontransaction(connection_).exec(sql); }
  SqlRows query(const std::string& sql) override {
    SqlRows rows;
    for (const pqxx::row& row : pqxx::nontransaction(connection_).exec(sql)) {
      auto& out = rows.emplace_back();
      for (const pqxx::field& field : row)
        out.push_back(field.is_null() ? std::nullopt : std::optional(std::string(field.c_str(), field.size())));
    }
    return rows;
  }

 private:
  PgTestDatabase database_;
  sql::PgConnection connection_;
};

}  // namespace

std::unique_ptr<SqlSystem> make_pg_system() { return pg_test_url() ? std::make_unique<PgSystem>() : nullptr; }

}  // namespace nexpo

#include "connectors/sqlite/sql_system.hpp"

#include <algorithm>

#include "connectors/sqlite/sqlite.hpp"
#include "sql/temporary_folder.hpp"

namespace nexpo {
namespace {

class SqliteSystem final : public SqlSystem {
 public:
  SqliteSystem() : database_(folder_ / "data.db") {}
  const ConnectorType& type() const override { return sqlite::kType; }
  nlohmann::json config() const override { return {{"path", (folder_ / "data.db").string()}}; }
  void execute(const std::string& sql) override { database_.execute(sql); }
  SqlRows query(const std::string& sql) override {
    SqlRows rows;
    const auto statement = database_.prepare(sql);
    while (statement->step()) {
      auto& row = rows.emplace_back();
      for (int i = 0; i < sqlite3_column_count(statement->handle()); ++i)
        row.push_back(statement->is_null(i) ? std::nullopt : std::optional(statement->string(i)));
    }
    return rows;
  }

 private:
  TemporaryFolder folder_;
  sql::SqliteDatabase database_;
};

}  // namespace

std::unique_ptr<SqlSystem> make_sqlite_system() { return std::make_unique<SqliteSystem>(); }

std::unique_ptr<Connection> SqlContext::connect(const SqlSystem& system, const nlohmann::json& options) {
  nlohmann::json config = system.config();
  config.update(options);
  const ConnectorContext context{clock_, workers_, http_, credentials_, "test", {}, {}};
  return system.type().connect(check_config(system.type().spec, config, "config"), context);
}

RecordBatch batch_of(const Shape& shape, const std::vector<std::vector<Value>>& rows) {
  RecordBatch batch(shape, std::make_shared<Arena>());
  for (const auto& row : rows) {
    RowHead head;
    head.key = row.front().view();
    std::copy(row.begin(), row.end(), batch.add(head).begin());
  }
  return batch;
}

RecordBatch keys_of(const Shape& shape, const std::vector<std::string>& keys) {
  auto arena = std::make_shared<Arena>();
  RecordBatch batch(shape, arena);
  for (const std::string& key : keys) {
    RowHead head;
    head.key = arena->copy(key);
    head.op = RecordOp::remove;
    batch.add(head);
  }
  return batch;
}

}  // namespace nexpo

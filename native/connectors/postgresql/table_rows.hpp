// TableRows: what is selected of a table, and how a row of the result becomes a record.
#pragma once

#include <string>
#include <vector>

#include "connectors/postgresql/postgresql.hpp"

namespace nexpo::postgresql {

/// Key, stamp, whether the row is marked as removed, then the columns of `paths`. Immutable.
class TableRows {
 public:
  /// `version` may be empty. Every name is a column of `table`.
  TableRows(Table table, const std::string& key, const std::string& version, const Settings& settings,
            std::vector<std::string> paths);
  TableRows(TableRows&&) = default;  // a copy would point into the other's table

  const Table& table() const { return table_; }
  const Column& key() const { return *key_; }
  const Column* version() const { return version_; }
  const Shape& shape() const { return shape_; }
  /// The expressions of a SELECT.
  std::string selected() const;

  /// Adds a row of the result. A removed one is left out unless `deletions`.
  void add(const pqxx::row& row, bool deletions, RecordBatch& into) const;
  /// The rows whose `column` equals one of `keys`; removed ones are left out.
  RecordBatch fetch(sql::PgConnection& connection, const Column& column, std::vector<std::string> keys) const;

 private:
  std::string removed_sql() const;
  void fetch_some(sql::PgConnection& connection, const std::string& select, std::span<const std::string> keys,
                  RecordBatch& found) const;

  Table table_;
  const Column* key_;
  const Column* version_ = nullptr;
  const Column* removed_ = nullptr;
  std::vector<const Column*> columns_;
  Shape shape_;
};

}  // namespace nexpo::postgresql

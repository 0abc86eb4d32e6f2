// Upsert: writes rows of one table by key and tells what became of each. Blocks.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "connectors/connector.hpp"
#include "connectors/sqlite/table.hpp"

namespace nexpo::sqlite {

/// One transaction a batch. A row that the table refuses (constraint, type) is rejected and costs no other row; trouble
/// with the file (disk full, locked) is thrown, and then nothing of the batch was written.
/// An existing row is changed only if a cell differs; an upsert takes back a soft removal of the same row.
class Upsert {
 public:
  /// `fields` are columns of `table`; `key` is among them, or removals are all that is possible.
  Upsert(Table table, Shape fields, std::string key, std::string soft_delete_field);

  /// The slot's own spelling of the key column, or the column's if no slot fills it.
  const std::string& key_field() const { return key_field_; }

  BatchReceipt write(sql::SqliteDatabase& database, const RecordBatch& batch);
  BatchReceipt remove(sql::SqliteDatabase& database, const RecordBatch& keys, DeleteKind kind);
  RecordBatch fetch(sql::SqliteDatabase& database, const std::vector<std::string>& keys);

 private:
  /// The statement for rows that fill the same slots.
  struct Variant {
    std::vector<size_t> slots;
    std::unique_ptr<sql::SqliteStatement> upsert;
    std::unique_ptr<sql::SqliteStatement> exists;  ///< only where SQLite cannot tell an insert from an update
  };

  struct Rows {
    size_t begin = 0;
    size_t end = 0;
  };

  Variant& variant_for(sql::SqliteDatabase& database, const RecordBatch& batch, size_t row);
  std::string upsert_sql(const std::vector<size_t>& slots) const;
  void write_rows(sql::SqliteDatabase& database, const RecordBatch& batch, Rows rows, BatchReceipt& receipt);
  void write_row(sql::SqliteDatabase& database, const RecordBatch& batch, size_t row, BatchReceipt& receipt);
  bool exists(Variant& variant, Value key);
  void reject(sql::SqliteDatabase& database, int code, size_t row, BatchReceipt& receipt) const;
  const Column& column_of(size_t slot) const { return *columns_[slot]; }
  bool stamps_removals() const;
  std::string removal_sql(DeleteKind kind) const;

  Table table_;
  Shape fields_;
  std::vector<const Column*> columns_;  ///< one per slot, in `table_`
  const Column* key_;
  const Column* soft_delete_ = nullptr;
  std::string key_field_;
  size_t key_slot_;
  bool fills_soft_delete_ = false;  ///< a slot of the plan fills that column itself
  std::map<std::string, Variant> variants_;
  std::string last_mask_;
  Variant* last_variant_ = nullptr;
  std::unique_ptr<Arena> scratch_;
};

}  // namespace nexpo::sqlite

// Upsert: writes rows of one table by key and tells what became of each.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/connector.hpp"
#include "connectors/postgresql/table.hpp"

namespace nexpo::postgresql {

/// Rows go by COPY into a temporary staging table and on into the table by one INSERT .. ON CONFLICT DO UPDATE: one
/// round trip and one transaction for all rows that fill the same slots. An existing row is changed only if a cell
/// differs; an upsert takes back a soft removal of the same row.
/// If the server refuses a row, the rows around it are sent again without it, each part a transaction of its own, so
/// one bad row costs no other. Trouble with the server is thrown; what was written until then stays, and a repeat
/// finds it unchanged.
/// All calls block. Immutable after it is made, so calls on several connections may overlap.
class Upsert {
 public:
  Upsert(Table table, Shape fields, std::string key, std::string soft_delete_field);

  /// The slot's own spelling of the key column, or the column's if no slot fills it.
  const std::string& key_field() const { return key_field_; }

  BatchReceipt write(sql::PgConnection& connection, const RecordBatch& batch) const;
  BatchReceipt remove(sql::PgConnection& connection, const RecordBatch& keys, DeleteKind kind) const;
  RecordBatch fetch(sql::PgConnection& connection, const std::vector<std::string>& keys) const;

 private:
  /// Rows as lines of COPY data, and the statements that take them in.
  struct Load {
    std::string create;  ///< of the staging table, once in each session
    std::string script;
    std::string data;
    std::vector<size_t> rows;    ///< rows of the batch, one per line
    std::vector<size_t> starts;  ///< where each line begins in `data`, and the end
    /// What the script gives for each row that it changed.
    enum class Tells { nothing, row_created, key_created } tells = Tells::nothing;
  };
  struct Lines {
    size_t begin = 0;
    size_t end = 0;
  };

  Load load_for(const std::vector<bool>& filled, size_t row_count) const;
  void append_row(Load& load, const RecordBatch& batch, size_t row, const std::vector<bool>& filled,
                  BatchReceipt& receipt) const;
  void write_group(sql::PgConnection& connection, const RecordBatch& batch, const std::vector<bool>& filled,
                   std::vector<size_t> rows, BatchReceipt& receipt) const;
  /// Sends all lines. If a row is refused, its neighbours go again without it.
  void run(sql::PgConnection& connection, const Load& load, const sql::PgConnection::NextPiece& next,
           const RecordBatch& batch, BatchReceipt& receipt) const;
  void narrow(const Load& load, Lines part, const sql::PgFailure& failure, BatchReceipt& receipt,
              std::vector<Lines>& waiting) const;
  sql::PgConnection::Copied send(sql::PgConnection& connection, const Load& load,
                                 const sql::PgConnection::NextPiece& next) const;
  void book(const Load& load, Lines lines, const PGresult* changed, const RecordBatch& batch,
            BatchReceipt& receipt) const;
  void reject(const Load& load, size_t line, const sql::PgFailure& failure, BatchReceipt& receipt) const;
  std::string slot_of(std::string_view column) const;
  /// SQL of the value that marks a removed row, and of the one that takes the mark back.
  std::string removed_mark() const;
  std::string live_mark() const;
  std::string removal_sql(DeleteKind kind, const std::string& stage) const;

  Table table_;
  Shape fields_;
  std::vector<const Column*> columns_;  ///< one per slot, in `table_`
  const Column* key_;
  const Column* soft_delete_ = nullptr;
  std::string key_field_;
  size_t key_slot_;
  bool fills_soft_delete_ = false;  ///< a slot of the plan fills that column itself
};

}  // namespace nexpo::postgresql

#include "connectors/sqlite/upsert.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <limits>

#include "sql/identifier.hpp"

namespace nexpo::sqlite {
namespace {

/// A row id that no inserted row has, so that an insert shows itself by replacing it.
constexpr int64_t kNoRowId = std::numeric_limits<int64_t>::min();

/// True if SQLite refused the row itself, so that other rows may still pass.
bool is_row_fault(int code) {
  const int basic = code & 0xff;
  return basic == SQLITE_CONSTRAINT || basic == SQLITE_MISMATCH || basic == SQLITE_TOOBIG;
}

/// "UNIQUE constraint failed: contact.email, contact.org" and "cannot store TEXT value in INTEGER column contact.age"
/// name the column in question, the first one if there are several.
std::string field_in(std::string_view message, const Table& table) {
  constexpr std::string_view kMarks[] = {"constraint failed: ", " column "};
  for (const std::string_view mark : kMarks) {
    const size_t at = message.find(mark);
    if (at == std::string_view::npos) continue;
    std::string_view place = message.substr(at + mark.size());
    place = place.substr(0, place.find(','));
    const std::string prefix = table.name + ".";
    if (place.starts_with(prefix)) place.remove_prefix(prefix.size());
    if (const Column* column = table.find(place)) return column->name;
  }
  return "";
}

}  // namespace

Upsert::Upsert(Table table, Shape fields, std::string key, std::string soft_delete_field)
    : table_(std::move(table)),
      fields_(std::move(fields)),
      key_(table_.find(key)),
      key_field_(key_->name),
      key_slot_(fields_->size()) {
  if (!soft_delete_field.empty()) soft_delete_ = table_.find(soft_delete_field);
  for (size_t slot = 0; slot < fields_->size(); ++slot) {
    columns_.push_back(table_.find((*fields_)[slot]));
    if (columns_.back() == key_) {
      key_slot_ = slot;
      key_field_ = (*fields_)[slot];
    }
    fills_soft_delete_ = fills_soft_delete_ || columns_.back() == soft_delete_;
  }
}

bool Upsert::stamps_removals() const {
  return soft_delete_->type != FieldType::boolean && soft_delete_->affinity != Affinity::integer;
}

std::string Upsert::upsert_sql(const std::vector<size_t>& slots) const {
  std::vector<std::string> names, values, sets, differs;
  const auto change = [&](const std::string& name, bool settable) {
    if (!settable) return;
    sets.push_back(fmt::format("{0} = excluded.{0}", name));
    // Compared by bytes, whatever the column's own collation: a changed letter case is a change.
    differs.push_back(fmt::format("{0}.{1} IS NOT excluded.{1} COLLATE BINARY", sql::quoted(table_.name), name));
  };
  for (size_t slot : slots) {
    names.push_back(sql::quoted(column_of(slot).name));
    values.push_back(fmt::format("?{}", names.size()));
    change(names.back(), slot != key_slot_);
  }
  if (soft_delete_ && !fills_soft_delete_) {
    names.push_back(sql::quoted(soft_delete_->name));
    values.push_back(stamps_removals() ? "NULL" : "0");
    change(names.back(), true);
  }
  const std::string action =
      sets.empty() ? "NOTHING"
                   : fmt::format("UPDATE SET {} WHERE {}", fmt::join(sets, ", "), fmt::join(differs, " OR "));
  return fmt::format("INSERT INTO {} ({}) VALUES ({}) ON CONFLICT ({}) DO {}", sql::quoted(table_.name),
                     fmt::join(names, ", "), fmt::join(values, ", "), sql::quoted(key_->name), action);
}

Upsert::Variant& Upsert::variant_for(sql::SqliteDatabase& database, const RecordBatch& batch, size_t row) {
  const std::span<const Value> cells = batch.row(row);
  std::string mask(cells.size(), '0');
  for (size_t slot = 0; slot < cells.size(); ++slot) mask[slot] = cells[slot].is(ValueKind::unset) ? '0' : '1';
  if (last_variant_ && mask == last_mask_) return *last_variant_;
  const auto [place, added] = variants_.try_emplace(mask);
  Variant& variant = place->second;
  if (added) {
    for (size_t slot = 0; slot < mask.size(); ++slot)
      if (mask[slot] == '1') variant.slots.push_back(slot);
    variant.upsert = database.prepare(upsert_sql(variant.slots));
    // SQLite's last row id moves with an insert and not with an update; a table without row ids has to be asked.
    if (!table_.has_rowid)
      variant.exists = database.prepare(
          fmt::format("SELECT 1 FROM {} WHERE {} = ?", sql::quoted(table_.name), sql::quoted(key_->name)));
  }
  last_mask_ = std::move(mask);
  last_variant_ = &variant;
  return variant;
}

BatchReceipt Upsert::write(sql::SqliteDatabase& database, const RecordBatch& batch) {
  BatchReceipt receipt;
  receipt.receipts.resize(batch.size());
  scratch_ = std::make_unique<Arena>();
  write_rows(database, batch, {0, batch.size()}, receipt);
  return receipt;
}

void Upsert::write_rows(sql::SqliteDatabase& database, const RecordBatch& batch, Rows rows, BatchReceipt& receipt) {
  if (rows.begin == rows.end) return;
  const size_t rejections_before = receipt.rejections.size();
  sql::SqliteTransaction transaction(database);
  for (size_t row = rows.begin; row < rows.end; ++row) write_row(database, batch, row, receipt);
  const int code = transaction.try_commit();
  if (code == SQLITE_OK) return;
  if (!is_row_fault(code)) throw database.error(code);
  // A constraint that is deferred to the end of the transaction does not say which row broke it: halve until it does.
  transaction.rollback();
  receipt.rejections.resize(rejections_before);
  if (rows.end - rows.begin == 1) return reject(database, code, rows.begin, receipt);
  const size_t middle = rows.begin + (rows.end - rows.begin) / 2;
  write_rows(database, batch, {rows.begin, middle}, receipt);
  write_rows(database, batch, {middle, rows.end}, receipt);
}

void Upsert::write_row(sql::SqliteDatabase& database, const RecordBatch& batch, size_t row, BatchReceipt& receipt) {
  Variant& variant = variant_for(database, batch, row);
  sql::SqliteStatement& upsert = *variant.upsert;
  const std::span<const Value> cells = batch.row(row);
  int index = 0;
  for (size_t slot : variant.slots) {
    const std::optional<CellFault> fault = bind_cell(upsert, ++index, cells[slot], column_of(slot), *scratch_);
    if (!fault) continue;
    receipt.receipts[row] = {Outcome::rejected, {}};
    receipt.rejections.push_back({row, std::string(fault->code), std::string(fault->message), (*fields_)[slot], false});
    return;
  }
  const bool existed = variant.exists && exists(variant, cells[key_slot_]);
  sqlite3_set_last_insert_rowid(database.handle(), kNoRowId);
  const int code = upsert.try_step();
  if (code != SQLITE_DONE) {
    upsert.reset();
    if (!is_row_fault(code)) throw database.error(code);
    return reject(database, code, row, receipt);
  }
  upsert.reset();
  Outcome outcome = Outcome::unchanged;
  if (database.changes() > 0) {
    const bool inserted = variant.exists ? !existed : sqlite3_last_insert_rowid(database.handle()) != kNoRowId;
    outcome = inserted ? Outcome::created : Outcome::updated;
  }
  receipt.receipts[row] = {outcome, {}};
}

bool Upsert::exists(Variant& variant, Value key) {
  bind_cell(*variant.exists, 1, key, *key_, *scratch_);
  const bool found = variant.exists->step();
  variant.exists->reset();
  return found;
}

void Upsert::reject(sql::SqliteDatabase& database, int code, size_t row, BatchReceipt& receipt) const {
  const std::string message = sqlite3_errmsg(database.handle());
  // A missing parent may arrive later; nothing else mends itself.
  const bool retryable = code == SQLITE_CONSTRAINT_FOREIGNKEY;
  receipt.receipts[row] = {Outcome::rejected, {}};
  receipt.rejections.push_back({row, sql::sqlite_code_name(code), message, field_in(message, table_), retryable});
}

std::string Upsert::removal_sql(DeleteKind kind) const {
  const std::string table = sql::quoted(table_.name);
  const std::string key = sql::quoted(key_->name);
  if (kind == DeleteKind::hard) return fmt::format("DELETE FROM {} WHERE {} = ?1", table, key);
  if (!soft_delete_)
    throw Error(ErrorKind::invalid,
                fmt::format("softDeleteField: soft deletes in table \"{}\" need it; name the column "
                            "that marks removed rows",
                            table_.name))
        .with_field("softDeleteField");
  const std::string flag = sql::quoted(soft_delete_->name);
  if (stamps_removals())
    return fmt::format("UPDATE {} SET {} = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE {} = ?1 AND {} IS NULL", table,
                       flag, key, flag);
  return fmt::format("UPDATE {} SET {} = 1 WHERE {} = ?1 AND {} IS NOT 1", table, flag, key, flag);
}

BatchReceipt Upsert::remove(sql::SqliteDatabase& database, const RecordBatch& keys, DeleteKind kind) {
  sql::SqliteStatement& statement = database.statement(removal_sql(kind));
  Arena arena;
  BatchReceipt receipt;
  receipt.receipts.resize(keys.size(), {Outcome::deleted, {}});
  sql::SqliteTransaction transaction(database);
  for (size_t row = 0; row < keys.size(); ++row) {
    bind_cell(statement, 1, Value::text(keys.head(row).key), *key_, arena);
    const int code = statement.try_step();
    statement.reset();
    if (code == SQLITE_DONE) continue;
    if (!is_row_fault(code)) throw database.error(code);
    reject(database, code, row, receipt);
  }
  transaction.commit();
  return receipt;
}

RecordBatch Upsert::fetch(sql::SqliteDatabase& database, const std::vector<std::string>& keys) {
  auto arena = std::make_shared<Arena>();
  RecordBatch found(fields_, arena);
  std::vector<std::string> names;
  for (const Column* column : columns_) names.push_back(sql::quoted(column->name));
  sql::SqliteStatement& select = database.statement(fmt::format(
      "SELECT {} FROM {} WHERE {} = ?1", fmt::join(names, ", "), sql::quoted(table_.name), sql::quoted(key_->name)));
  for (const std::string& key : keys) {
    bind_cell(select, 1, Value::text(key), *key_, *arena);
    if (select.step()) {
      RowHead head;
      head.key = arena->copy(key);
      const std::span<Value> cells = found.add(head);
      for (size_t slot = 0; slot < cells.size(); ++slot)
        cells[slot] = read_cell(select, static_cast<int>(slot), column_of(slot), *arena);
    }
    select.reset();
  }
  return found;
}

}  // namespace nexpo::sqlite

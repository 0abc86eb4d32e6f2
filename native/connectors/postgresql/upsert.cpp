#include "connectors/postgresql/upsert.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <xxhash.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <utility>

#include "record/key_index.hpp"
#include "sql/identifier.hpp"
#include "sql/pg_copy.hpp"

namespace nexpo::postgresql {
namespace {

constexpr size_t kPieceBytes = 128 * 1024;          // of COPY data that is made while the server takes in the last
constexpr std::string_view kRow = "data_sync_row";  // the staging column with the row's place in the batch

/// The staging table is named after its own definition, so that each is made once in a session.
std::string stage_name(std::string_view definition) {
  return fmt::format("pg_temp.data_sync_{:016x}", XXH3_64bits(definition.data(), definition.size()));
}

/// RETURNING gives such a key byte for byte, so it tells the row without a look into the staging table.
bool key_stays_as_sent(const Column& key) { return key.base == "text" && !key.odd_collation; }

int integer_at(const PGresult* result, int row, int column) {
  int number = 0;
  const char* text = PQgetvalue(result, row, column);
  std::from_chars(text, text + PQgetlength(result, row, column), number);
  return number;
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

std::string Upsert::removed_mark() const {
  switch (soft_delete_->type) {
    case FieldType::boolean: return "true";
    case FieldType::integer:
    case FieldType::number: return "1";
    case FieldType::date: return "current_date";
    case FieldType::datetime: return "now()";
    default: return "to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')";
  }
}

std::string Upsert::live_mark() const {
  switch (soft_delete_->type) {
    case FieldType::boolean: return "false";
    case FieldType::integer:
    case FieldType::number: return "0";
    default: return "NULL";
  }
}

Upsert::Load Upsert::load_for(const std::vector<bool>& filled, size_t row_count) const {
  std::vector<std::string> names, definitions, inserted, values, sets, changed;
  definitions.push_back(fmt::format("{} integer", kRow));
  const auto change = [&](const Column& column, const std::string& name) {
    sets.push_back(fmt::format("{0} = EXCLUDED.{0}", name));
    changed.push_back(differs(column, "target." + name, "EXCLUDED." + name));
  };
  for (size_t slot = 0; slot < filled.size(); ++slot) {
    if (!filled[slot]) continue;
    const Column& column = *columns_[slot];
    names.push_back(sql::quoted(column.name));
    // A null where none may be shows itself during the COPY, which tells the line.
    definitions.push_back(fmt::format("{} {}{}", names.back(), column.native, column.not_null ? " NOT NULL" : ""));
    if (slot != key_slot_) change(column, names.back());
  }
  inserted = values = names;
  if (soft_delete_ && !fills_soft_delete_) {
    inserted.push_back(sql::quoted(soft_delete_->name));
    values.push_back(live_mark());
    change(*soft_delete_, inserted.back());
  }
  const std::string definition = fmt::format("{}", fmt::join(definitions, ", "));
  const std::string stage = stage_name(definition);
  const std::string key = sql::quoted(key_->name);
  const std::string action =
      sets.empty() ? std::string("NOTHING")
                   : fmt::format("UPDATE SET {} WHERE {}", fmt::join(sets, ", "), fmt::join(changed, " OR "));
  Load load;
  load.create =
      fmt::format("CREATE TEMP TABLE IF NOT EXISTS {} ({}) ON COMMIT DELETE ROWS", stage.substr(8), definition);
  // A new row version has xmax 0; an updated row carries the lock of the conflict in it.
  const std::string copy = fmt::format("COPY {} ({}, {}) FROM STDIN; ", stage, kRow, fmt::join(names, ", "));
  const std::string insert = fmt::format(
      "INSERT INTO {0} AS target ({1}) SELECT {2} FROM {3} ON CONFLICT ({4}) DO {5} RETURNING target.{4}, xmax = 0 AS "
      "created",
      table_.quoted(), fmt::join(inserted, ", "), fmt::join(values, ", "), stage, key, action);
  if (key_stays_as_sent(*key_)) {
    load.tells = Load::Tells::key_created;
    load.script = copy + insert;
  } else {
    load.tells = Load::Tells::row_created;
    load.script = fmt::format(
        "{0}WITH written AS ({1}) SELECT stage.{2}, written.created FROM written JOIN {3} stage ON stage.{4} = "
        "written.{4}",
        copy, insert, kRow, stage, key);
  }
  load.rows.reserve(row_count);
  load.starts.reserve(row_count + 1);
  return load;
}

void Upsert::append_row(Load& load, const RecordBatch& batch, size_t row, const std::vector<bool>& filled,
                        BatchReceipt& receipt) const {
  const size_t start = load.data.size();
  fmt::format_to(std::back_inserter(load.data), "{}", row);
  const std::span<const Value> cells = batch.row(row);
  for (size_t slot = 0; slot < cells.size(); ++slot) {
    if (!filled[slot]) continue;
    load.data += '\t';
    const std::optional<CellFault> fault = append_cell(load.data, cells[slot], *columns_[slot]);
    if (!fault) continue;
    load.data.resize(start);
    receipt.receipts[row] = {Outcome::rejected, {}};
    receipt.rejections.push_back({row, std::string(fault->code), std::string(fault->message), (*fields_)[slot], false});
    return;
  }
  load.data += '\n';
  load.rows.push_back(row);
  load.starts.push_back(start);
}

BatchReceipt Upsert::write(sql::PgConnection& connection, const RecordBatch& batch) const {
  BatchReceipt receipt;
  receipt.receipts.resize(batch.size());
  std::map<std::vector<bool>, std::vector<size_t>> groups;
  std::vector<bool> filled(fields_->size());
  std::vector<size_t>* group = nullptr;
  std::vector<bool> last;
  for (size_t row = 0; row < batch.size(); ++row) {
    const std::span<const Value> cells = batch.row(row);
    for (size_t slot = 0; slot < cells.size(); ++slot) filled[slot] = !cells[slot].is(ValueKind::unset);
    if (!group || filled != last) group = &groups[last = filled];
    group->push_back(row);
  }
  for (auto& [slots, rows] : groups) write_group(connection, batch, slots, std::move(rows), receipt);
  return receipt;
}

void Upsert::write_group(sql::PgConnection& connection, const RecordBatch& batch, const std::vector<bool>& filled,
                         std::vector<size_t> rows, BatchReceipt& receipt) const {
  // In key order, so that two writers lock rows in the same order, and neighbours share pages of the index.
  const auto by_key = [&](size_t a, size_t b) {
    return batch.row(a)[key_slot_].view() < batch.row(b)[key_slot_].view();
  };
  if (!std::is_sorted(rows.begin(), rows.end(), by_key)) std::sort(rows.begin(), rows.end(), by_key);
  Load load = load_for(filled, rows.size());
  auto row = rows.begin();
  const auto next = [&]() -> std::string_view {
    const size_t begin = load.data.size();
    while (row != rows.end() && load.data.size() < begin + kPieceBytes)
      append_row(load, batch, *row++, filled, receipt);
    if (row == rows.end() && load.starts.size() == load.rows.size()) load.starts.push_back(load.data.size());
    return std::string_view(load.data).substr(begin);
  };
  run(connection, load, next, batch, receipt);
}

void Upsert::run(sql::PgConnection& connection, const Load& load, const sql::PgConnection::NextPiece& next,
                 const RecordBatch& batch, BatchReceipt& receipt) const {
  sql::PgConnection::Copied copied = send(connection, load, next);
  while (!next().empty()) {
    // A script that failed before its COPY has taken no line.
  }
  const Lines all{0, load.rows.size()};
  if (!copied.failure) return book(load, all, copied.rows.get(), batch, receipt);

  std::vector<Lines> waiting;
  const auto check = [&](const sql::PgFailure& failure) {
    if (!failure.is_row_fault()) throw sql::pg_error(failure, connection.address());
  };
  check(*copied.failure);
  narrow(load, all, *copied.failure, receipt, waiting);
  while (!waiting.empty()) {
    const Lines part = waiting.back();
    waiting.pop_back();
    if (part.begin == part.end) continue;
    std::string_view data =
        std::string_view(load.data).substr(load.starts[part.begin], load.starts[part.end] - load.starts[part.begin]);
    copied = send(connection, load, [&data] { return std::exchange(data, {}); });
    if (copied.failure) {
      check(*copied.failure);
      narrow(load, part, *copied.failure, receipt, waiting);
    } else {
      book(load, part, copied.rows.get(), batch, receipt);
    }
  }
}

void Upsert::narrow(const Load& load, Lines part, const sql::PgFailure& failure, BatchReceipt& receipt,
                    std::vector<Lines>& waiting) const {
  const size_t size = part.end - part.begin;
  const auto told = static_cast<size_t>(failure.copy_line);
  if (size == 1) {
    reject(load, part.begin, failure, receipt);
  } else if (told >= 1 && told <= size) {
    reject(load, part.begin + told - 1, failure, receipt);
    waiting.push_back({part.begin + told, part.end});
    waiting.push_back({part.begin, part.begin + told - 1});
  } else {
    waiting.push_back({part.begin + size / 2, part.end});
    waiting.push_back({part.begin, part.begin + size / 2});
  }
}

sql::PgConnection::Copied Upsert::send(sql::PgConnection& connection, const Load& load,
                                       const sql::PgConnection::NextPiece& next) const {
  if (!connection.has_made(load.create)) {
    pqxx::nontransaction(connection).exec(load.create);
    connection.note_made(load.create);
  }
  return connection.copy(load.script, next);
}

void Upsert::book(const Load& load, Lines lines, const PGresult* changed, const RecordBatch& batch,
                  BatchReceipt& receipt) const {
  if (load.tells == Load::Tells::nothing) {
    for (size_t line = lines.begin; line < lines.end; ++line)
      receipt.receipts[load.rows[line]].outcome = Outcome::deleted;
    return;
  }
  const auto outcome_of = [&](int i) {
    return PQgetvalue(changed, i, 1)[0] == 't' ? Outcome::created : Outcome::updated;
  };
  if (load.tells == Load::Tells::row_created) {
    for (int i = 0; i < PQntuples(changed); ++i)
      receipt.receipts[static_cast<size_t>(integer_at(changed, i, 0))].outcome = outcome_of(i);
    return;
  }
  // In no certain order: the staging table fills its gaps. A key that a trigger has changed is nobody's.
  KeyIndex row_of(lines.end - lines.begin);
  for (size_t line = lines.begin; line < lines.end; ++line)
    row_of.put(batch.row(load.rows[line])[key_slot_].view(), load.rows[line]);
  for (int i = 0; i < PQntuples(changed); ++i) {
    const std::string_view key(PQgetvalue(changed, i, 0), static_cast<size_t>(PQgetlength(changed, i, 0)));
    if (const auto row = row_of.place_of(key)) receipt.receipts[*row].outcome = outcome_of(i);
  }
}

std::string Upsert::slot_of(std::string_view column) const {
  for (size_t slot = 0; slot < columns_.size(); ++slot)
    if (columns_[slot]->name == column) return (*fields_)[slot];
  return column == kRow ? "" : std::string(column);
}

void Upsert::reject(const Load& load, size_t line, const sql::PgFailure& failure, BatchReceipt& receipt) const {
  constexpr std::string_view kForeignKeyViolation = "23503";  // the parent may arrive later, the child may go
  const size_t row = load.rows[line];
  receipt.receipts[row] = {Outcome::rejected, {}};
  receipt.rejections.push_back(
      {row, failure.sqlstate, failure.message, slot_of(failure.column), failure.sqlstate == kForeignKeyViolation});
}

std::string Upsert::removal_sql(DeleteKind kind, const std::string& stage) const {
  const std::string key = sql::quoted(key_->name);
  if (kind == DeleteKind::hard)
    return fmt::format("DELETE FROM {0} AS target USING {1} stage WHERE target.{2} = stage.{2}", table_.quoted(), stage,
                       key);
  if (!soft_delete_)
    throw Error(ErrorKind::invalid,
                fmt::format("softDeleteField: soft deletes in table \"{}\" need it; name the column "
                            "that marks removed rows",
                            table_.name))
        .with_field("softDeleteField");
  const std::string mark = sql::quoted(soft_delete_->name);
  // A time keeps the first removal's; a flag is set where it is not.
  const std::string unmarked = live_mark() == "NULL"
                                   ? fmt::format("target.{} IS NULL", mark)
                                   : fmt::format("target.{} IS DISTINCT FROM {}", mark, removed_mark());
  return fmt::format("UPDATE {0} AS target SET {1} = {2} FROM {3} stage WHERE target.{4} = stage.{4} AND {5}",
                     table_.quoted(), mark, removed_mark(), stage, key, unmarked);
}

BatchReceipt Upsert::remove(sql::PgConnection& connection, const RecordBatch& keys, DeleteKind kind) const {
  BatchReceipt receipt;
  receipt.receipts.resize(keys.size());
  const std::string definition = fmt::format("{} integer, {} {}", kRow, sql::quoted(key_->name), key_->native);
  const std::string stage = stage_name(definition);
  Load load;
  load.create =
      fmt::format("CREATE TEMP TABLE IF NOT EXISTS {} ({}) ON COMMIT DELETE ROWS", stage.substr(8), definition);
  load.script = fmt::format("COPY {} FROM STDIN; {}", stage, removal_sql(kind, stage));
  for (size_t row = 0; row < keys.size(); ++row) {
    const size_t start = load.data.size();
    fmt::format_to(std::back_inserter(load.data), "{}\t", row);
    if (const auto fault = append_cell(load.data, Value::text(keys.head(row).key), *key_)) {
      // No row can have such a key, so it is gone.
      load.data.resize(start);
      receipt.receipts[row].outcome = Outcome::deleted;
      continue;
    }
    load.data += '\n';
    load.rows.push_back(row);
    load.starts.push_back(start);
  }
  load.starts.push_back(load.data.size());
  std::string_view data = load.data;
  run(
      connection, load, [&data] { return std::exchange(data, {}); }, keys, receipt);
  return receipt;
}

RecordBatch Upsert::fetch(sql::PgConnection& connection, const std::vector<std::string>& keys) const {
  auto arena = std::make_shared<Arena>();
  RecordBatch found(fields_, arena);
  sql::PgArray wanted(sql::PgElement::text, keys.size());
  for (const std::string& key : keys) wanted.add(key);
  std::vector<std::string> names;
  for (const Column* column : columns_) names.push_back(selected(*column, "target." + sql::quoted(column->name)));
  const std::string select = fmt::format(
      "SELECT wanted.place, {} FROM unnest($1::text[]) WITH ORDINALITY AS wanted (key, place) JOIN {} AS target "
      "ON target.{} = wanted.key::{}",
      fmt::join(names, ", "), table_.quoted(), sql::quoted(key_->name), key_->native);
  for (const pqxx::row& row :
       pqxx::nontransaction(connection).exec_params(select, pqxx::binarystring(wanted.bytes()))) {
    RowHead head;
    head.key = arena->copy(keys[row[0].as<size_t>() - 1]);
    const std::span<Value> cells = found.add(head);
    for (size_t slot = 0; slot < cells.size(); ++slot) {
      const pqxx::field field = row[static_cast<pqxx::row::size_type>(slot + 1)];
      cells[slot] = read_cell(field.is_null() ? nullptr : field.c_str(), field.size(), *columns_[slot], *arena);
    }
  }
  return found;
}

}  // namespace nexpo::postgresql

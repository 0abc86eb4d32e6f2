// What SQLite says about a table, and how a cell passes in and out of it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "record/batch.hpp"
#include "record/schema.hpp"
#include "sql/sqlite.hpp"

namespace nexpo::sqlite {

/// How SQLite converts what is stored in a column (https://www.sqlite.org/datatype3.html, section 3.1).
enum class Affinity { text, integer, numeric, real, blob };

struct Column {
  std::string name;
  std::string declared;  ///< the declared type as written, for example "DECIMAL(18,2)"
  Affinity affinity = Affinity::blob;
  FieldType type = FieldType::text;
  bool not_null = false;
  bool has_default = false;
  bool generated = false;
  bool unique = false;   ///< the only column of a unique index, or of the primary key
  int key_position = 0;  ///< place in the primary key, from 1; 0: not in it
};

struct Table {
  std::string name;
  bool is_view = false;
  bool is_virtual = false;
  bool has_rowid = true;
  std::vector<Column> columns;

  /// Without regard to case, as SQLite compares names. Null if there is none.
  const Column* find(std::string_view column) const;
};

Affinity affinity_of(std::string_view declared);
FieldType field_type_of(std::string_view declared);
/// The declared type of a column that is made for `hint`. Numbers that may have more than 15 digits get text affinity
/// (DECIMAL_TEXT), since SQLite's own numbers would round them.
std::string declared_type_for(const FieldSchema& hint);

/// Null if there is no such table or view.
std::optional<Table> find_table(sql::SqliteDatabase& database, std::string_view name);

/// Why a cell cannot be stored as it is. Static texts.
struct CellFault {
  std::string_view code;
  std::string_view message;
};

/// Binds `value` as the column wants it. Bytes that had to be made are kept in `arena`, the rest is borrowed.
/// Gives a fault instead of storing something else than it was given: a decimal that the column would round.
std::optional<CellFault> bind_cell(sql::SqliteStatement& statement, int index, Value value, const Column& column,
                                   Arena& arena);

/// The cell in column `index` of the statement's row, copied into `arena`.
Value read_cell(const sql::SqliteStatement& statement, int index, const Column& column, Arena& arena);

}  // namespace nexpo::sqlite

// What PostgreSQL says about a table, and how a cell passes in and out of it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "record/batch.hpp"
#include "record/schema.hpp"
#include "sql/pg_connection.hpp"

namespace nexpo::postgresql {

struct Column {
  std::string name;
  std::string native;   ///< the type as SQL spells it, for example "numeric(18,2)" or "public.colour[]"
  std::string base;     ///< pg_type's name behind a domain: "numeric", "timestamptz", "_text"
  char category = 'S';  ///< pg_type.typcategory: 'A' array, 'C' composite, ...
  FieldType type = FieldType::text;
  std::optional<int> length_max, precision, scale;
  std::vector<std::string> values;  ///< of an enum
  bool not_null = false;
  bool has_default = false;
  bool generated = false;      ///< computed, or an identity that the server alone may fill
  bool odd_collation = false;  ///< nondeterministic: texts may be equal that are not the same
  bool unique = false;         ///< the only column of a unique index that an upsert can use
  int key_position = 0;        ///< place in the primary key, from 1; 0: not in it

  bool is_array() const { return category == 'A'; }
};

struct Table {
  std::string schema;
  std::string name;
  bool is_writable = true;  ///< a plain or partitioned table
  std::vector<Column> columns;

  std::string quoted() const;
  /// By exact name, else without regard to case. Null if there is none.
  const Column* find(std::string_view column) const;
};

/// Null if there is no such table, view or foreign table. `object` is a name, or "schema.name".
std::optional<Table> find_table(sql::PgConnection& connection, const std::string& schema, const std::string& object);

/// The type of a column that is made for `hint`.
std::string type_for(const FieldSchema& hint);

/// An expression that gives column `name` (quoted, with its table) as text that read_cell() understands.
std::string selected(const Column& column, std::string_view name);
/// Condition that holds if the column differs between two rows, to the byte.
std::string differs(const Column& column, std::string_view a, std::string_view b);

/// Why a cell cannot be stored as it is. Static texts; the code is a SQLSTATE where there is one.
struct CellFault {
  std::string_view code;
  std::string_view message;
};

/// Appends `value` to a line of COPY data as the column's input function reads it.
std::optional<CellFault> append_cell(std::string& line, Value value, const Column& column);

/// The cell of a result, copied into `arena`. `text` is what selected() gave; null for NULL.
Value read_cell(const char* text, size_t size, const Column& column, Arena& arena);

}  // namespace nexpo::postgresql

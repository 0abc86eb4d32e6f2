// Schema: what a system says about the fields of one object.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nexpo {

enum class FieldType : uint8_t { text, number, integer, boolean, date, datetime, time, json, binary, reference };

std::string_view name_of(FieldType type);

struct FieldSchema {
  std::string name;  ///< as the system spells it; dotted for a parent's field
  std::string label;
  FieldType type = FieldType::text;
  std::string native_type;        ///< the system's own word ("picklist", "numeric(18,2)")
  std::optional<int> length_max;  ///< characters; unset: no limit known
  std::optional<int> precision;   ///< digits in all
  std::optional<int> scale;       ///< digits behind the point
  bool nullable = true;
  bool creatable = true;
  bool updatable = true;
  bool required = false;  ///< a new record cannot be made without it
  bool unique = false;    ///< usable as the key of an upsert
  bool filterable = true;
  std::vector<std::string> values;     ///< allowed values, if the system restricts them
  std::vector<std::string> refers_to;  ///< objects a reference may point at
};

struct Schema {
  std::string object;
  std::vector<FieldSchema> fields;
  std::string key_field;      ///< identity, for example "Id"
  std::string version_field;  ///< change stamp used as the cursor, or empty if there is none
  std::string etag;           ///< changes when the schema does; opaque

  /// By name without regard to case, as SQL and SOQL do. Null if there is none.
  const FieldSchema* find(std::string_view name) const;
};

/// One difference between two schemas of the same object.
struct SchemaChange {
  enum class Kind : uint8_t { added, removed, changed } kind;
  std::string field;
  std::string detail;  ///< plain words: "type number became text"
};

std::vector<SchemaChange> diff(const Schema& before, const Schema& after);

}  // namespace nexpo

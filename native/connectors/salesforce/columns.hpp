// Columns: the fields of a plan against what the org says of them.
#pragma once

#include <string>
#include <vector>

#include "connectors/salesforce/org.hpp"
#include "record/batch.hpp"
#include "record/schema.hpp"

namespace nexpo::salesforce {

struct Column {
  std::string select;  ///< what a SELECT names, in the org's spelling: "Owner.Name", "BillingAddress"
  std::string path;    ///< where the value is in a record: "Owner.Name", "BillingAddress.city"
  FieldType type = FieldType::text;
  bool in_bulk = true;  ///< false: compound or base64, which a bulk query refuses
};

/// Slot i of a batch is column i.
struct Columns {
  std::string object;
  Shape slots;
  std::vector<Column> columns;
  std::string stamp;            ///< field of the change stamp, or empty
  std::string editor;           ///< field of who changed the record last; empty: not asked for
  std::string own_user;         ///< the id of the user that we are, where `editor` is asked for and it is known
  bool has_is_deleted = false;  ///< deleted rows stay readable for a while
  bool has_is_archived = false;

  bool in_bulk() const;
  /// For a SELECT: each field once, Id first, with stamp and editor, and with IsDeleted if `deleted_too`.
  std::vector<std::string> select_list(bool deleted_too) const;
};

/// Describes the object, and the parents that a dotted path goes through (each once per connection).
/// Throws Error{invalid} that names a path which leads nowhere.
Task<Columns> resolve_columns(Org& org, std::string object, Shape slots);

/// Asks for who changed each record last, if the object tells.
Task<> add_editor(Org& org, Columns& columns);

/// Throws Error{invalid} that names a binary field: an answer holds the address of its bytes, not the bytes.
void refuse_binary(const Columns& columns);

}  // namespace nexpo::salesforce

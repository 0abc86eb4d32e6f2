// TargetFields: the slots of a batch as fields of the object that is written.
#pragma once

#include <string>
#include <vector>

#include "connectors/connector.hpp"
#include "connectors/salesforce/org.hpp"

namespace nexpo::salesforce {

/// A field, or a parent found by one of its own keys ("Account.Ext__c").
struct TargetField {
  std::string name;  ///< in the org's spelling; of a parent: the lookup field ("AccountId")
  FieldType type = FieldType::text;
  std::string relationship;   ///< "Account", empty for a plain field
  std::string parent_field;   ///< "Ext__c"
  std::string parent_object;  ///< "Account"; needed where the parent may be of several kinds
  bool polymorphic = false;

  bool is_parent() const { return !relationship.empty(); }
  /// The column of a Bulk upload: "Name", "Account.Ext__c", "Lead:Who.Email".
  std::string csv_name() const;
};

/// Field i is slot i.
struct TargetFields {
  std::string object;
  std::vector<TargetField> fields;
  size_t key = 0;      ///< slot of the field that records are matched by
  bool by_id = false;  ///< that field is Id: rows are updates of records that exist

  const TargetField& key_field() const { return fields[key]; }
};

/// Throws Error{invalid} that names the field: unknown, a parent that has no such key, a key field that is no external
/// id or that nothing fills.
Task<TargetFields> resolve_target(Org& org, std::string object, Shape slots, std::string key_field);

}  // namespace nexpo::salesforce

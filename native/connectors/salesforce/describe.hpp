// What an object looks like: GET /sobjects/{T}/describe as a schema and the facts that reading and writing turn on.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/connector.hpp"
#include "record/schema.hpp"

namespace nexpo::salesforce {

struct Relationship {
  std::string name;                    ///< "Owner", "Parent__r"
  std::string field;                   ///< that holds the parent's id: "OwnerId", "Parent__c"
  std::vector<std::string> refers_to;  ///< more than one: polymorphic
};

struct Describe {
  Schema schema;
  bool queryable = false;
  bool replicateable = false;  ///< getDeleted works
  std::vector<Relationship> relationships;

  const Relationship* relationship(std::string_view name) const;
  /// The field, without regard to case; null if there is none, or if it is hidden from this user, which looks the same.
  const FieldSchema* field(std::string_view name) const { return schema.find(name); }
  /// The object has the change stamp that reads in windows go by.
  bool has_stamp() const { return !schema.version_field.empty(); }
};

/// Every field but Id is nullable, whatever `nillable` says: sharing and field-level security can blank any value.
/// The change stamp is the first of SystemModstamp, LastModifiedDate, CreatedDate and LoginTime that can be filtered.
/// Throws Error{invalid} if the body is no describe.
Describe parse_describe(std::string_view body);

/// The objects of GET /sobjects that can be queried or written and are not hidden, in the server's order.
std::vector<ObjectSummary> parse_objects(std::string_view body);

}  // namespace nexpo::salesforce

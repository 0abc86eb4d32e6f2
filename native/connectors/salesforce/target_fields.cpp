#include "connectors/salesforce/target_fields.hpp"

#include <fmt/format.h>

#include "base/error.hpp"

namespace nexpo::salesforce {

namespace {

[[noreturn]] void refuse(const std::string& object, const std::string& field, const std::string& why) {
  throw Error(ErrorKind::invalid,
              fmt::format("salesforce: {} cannot be written through \"{}\": {}", object, field, why))
      .with_field(field);
}

Task<TargetField> resolve_parent(Org& org, const Describe& describe, std::string slot) {
  const size_t dot = slot.find('.');
  const std::string key = slot.substr(dot + 1);
  const std::string& object = describe.schema.object;
  const Relationship* up = describe.relationship(slot.substr(0, dot));
  if (!up) refuse(object, slot, "there is no such relationship");
  // Of several kinds of parent, the first that has this key is meant.
  for (const std::string& kind : up->refers_to) {
    const Org::DescribeRef parent = co_await org.describe(kind);
    const FieldSchema* field = parent->field(key);
    if (!field || !field->unique) continue;
    TargetField target;
    target.name = up->field;
    target.type = field->type;
    target.relationship = up->name;
    target.parent_field = field->name;
    target.parent_object = parent->schema.object;
    target.polymorphic = up->refers_to.size() > 1;
    co_return target;
  }
  refuse(object, slot, fmt::format("\"{}\" is no external id of the parent", key));
}

Task<TargetField> resolve_field(Org& org, const Describe& describe, std::string slot) {
  if (slot.find('.') != std::string::npos) co_return co_await resolve_parent(org, describe, std::move(slot));
  const FieldSchema* field = describe.field(slot);
  if (!field) refuse(describe.schema.object, slot, "there is no such field, or it is hidden from this user");
  TargetField target;
  target.name = field->name;
  target.type = field->type;
  co_return target;
}

}  // namespace

std::string TargetField::csv_name() const {
  if (!is_parent()) return name;
  return (polymorphic ? parent_object + ":" : "") + relationship + "." + parent_field;
}

Task<TargetFields> resolve_target(Org& org, std::string object, Shape slots, std::string key_field) {
  const Org::DescribeRef describe = co_await org.describe(std::move(object));
  TargetFields target;
  target.object = describe->schema.object;
  const FieldSchema* key = describe->field(key_field);
  if (!key || !key->unique) {
    refuse(target.object, key_field, "records are matched by Id or by a field that is marked as external id");
  }
  target.by_id = key->name == "Id";
  target.key = slots->size();
  for (size_t slot = 0; slot < slots->size(); ++slot) {
    TargetField field = co_await resolve_field(org, *describe, (*slots)[slot]);
    if (field.name == key->name && !field.is_parent()) target.key = slot;
    target.fields.push_back(std::move(field));
  }
  if (target.key == slots->size()) {
    refuse(target.object, key->name, "no mapping fills it, and records are matched by it");
  }
  co_return target;
}

}  // namespace nexpo::salesforce

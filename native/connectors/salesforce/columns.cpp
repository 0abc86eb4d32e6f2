#include "connectors/salesforce/columns.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.hpp"
#include "connectors/salesforce/soql.hpp"

namespace nexpo::salesforce {

namespace {

constexpr int kParentsMax = 5;  // levels that SOQL goes up
constexpr std::string_view kEditorField = "LastModifiedById";

std::vector<std::string> split(const std::string& path) {
  std::vector<std::string> names;
  for (size_t from = 0; from <= path.size();) {
    const size_t dot = std::min(path.find('.', from), path.size());
    names.push_back(path.substr(from, dot - from));
    from = dot + 1;
  }
  return names;
}

[[noreturn]] void refuse(const std::string& object, const std::string& path, const std::string& why) {
  throw Error(ErrorKind::invalid, fmt::format("salesforce: {} has no readable field \"{}\": {}", object, path, why))
      .with_field(path);
}

bool is_compound(const FieldSchema& field) { return field.native_type == "address" || field.native_type == "location"; }

/// The column of a field at the end of `parents` ("Owner.", or empty). `rest` is what of the path lies inside it.
Column column_of(const FieldSchema& field, const std::string& parents, const std::string& rest) {
  Column column;
  column.select = parents + field.name;
  column.path = rest.empty() ? column.select : column.select + "." + rest;
  column.type = rest.empty() ? field.type : FieldType::text;
  column.in_bulk = !is_compound(field) && field.type != FieldType::binary;
  return column;
}

/// Goes one parent up. A polymorphic parent may be any of several objects: the first that has the field speaks for all.
Task<Org::DescribeRef> parent_with(Org& org, const Relationship& relationship, std::string next) {
  Org::DescribeRef first;
  for (const std::string& object : relationship.refers_to) {
    Org::DescribeRef parent = co_await org.describe(object);
    if (parent->field(next) || parent->relationship(next)) co_return parent;
    if (!first) first = std::move(parent);
  }
  co_return first;
}

Task<Column> resolve(Org& org, Org::DescribeRef describe, std::string path) {
  check_soql_name(path);
  const std::string object = describe->schema.object;
  const std::vector<std::string> names = split(path);
  std::string parents;
  for (size_t i = 0; i < names.size(); ++i) {
    const bool last = i + 1 == names.size();
    if (const FieldSchema* field = describe->field(names[i]); field && (last || is_compound(*field))) {
      co_return column_of(*field, parents, last ? "" : names[i + 1]);
    }
    const Relationship* up = describe->relationship(names[i]);
    if (!up) refuse(object, path, fmt::format("\"{}\" is not there, or hidden from this user", names[i]));
    if (last)
      refuse(object, path, fmt::format("it is a whole parent record; name one of its fields, as in {}.Name", path));
    if (i == kParentsMax) refuse(object, path, fmt::format("SOQL goes up {} parents at most", kParentsMax));
    parents += up->name + ".";
    describe = co_await parent_with(org, *up, names[i + 1]);
    if (!describe) refuse(object, path, fmt::format("nothing is known of the parent \"{}\"", up->name));
  }
  refuse(object, path, "the path is empty");
}

void add_once(std::vector<std::string>& list, const std::string& name) {
  if (std::find(list.begin(), list.end(), name) == list.end()) list.push_back(name);
}

}  // namespace

bool Columns::in_bulk() const {
  return std::all_of(columns.begin(), columns.end(), [](const Column& column) { return column.in_bulk; });
}

std::vector<std::string> Columns::select_list(bool deleted_too) const {
  std::vector<std::string> list = {"Id"};
  if (!stamp.empty()) add_once(list, stamp);
  if (!editor.empty()) add_once(list, editor);
  if (deleted_too) add_once(list, "IsDeleted");
  for (const Column& column : columns) add_once(list, column.select);
  return list;
}

Task<Columns> resolve_columns(Org& org, std::string object, Shape slots) {
  const Org::DescribeRef describe = co_await org.describe(object);
  Columns resolved;
  resolved.object = describe->schema.object;
  resolved.slots = slots;
  resolved.stamp = describe->schema.version_field;
  resolved.has_is_deleted = describe->field("IsDeleted") != nullptr;
  resolved.has_is_archived = describe->field("IsArchived") != nullptr;
  for (const std::string& slot : *slots) {
    Column column = co_await resolve(org, describe, slot);
    resolved.columns.push_back(std::move(column));
  }
  co_return resolved;
}

Task<> add_editor(Org& org, Columns& columns) {
  const Org::DescribeRef describe = co_await org.describe(columns.object);
  if (!describe->field(std::string(kEditorField))) co_return;
  columns.editor = kEditorField;
  columns.own_user = co_await org.own_user();
}

void refuse_binary(const Columns& columns) {
  for (const Column& column : columns.columns) {
    if (column.type == FieldType::binary)
      refuse(columns.object, column.path, "Salesforce gives the address of its bytes, not the bytes; leave it out");
  }
}

}  // namespace nexpo::salesforce

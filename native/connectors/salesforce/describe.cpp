#include "connectors/salesforce/describe.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "record/fingerprint.hpp"

namespace nexpo::salesforce {

namespace {

using nlohmann::json;

constexpr std::array<std::pair<std::string_view, FieldType>, 16> kTypes = {{
    {"boolean", FieldType::boolean},
    {"int", FieldType::integer},
    {"long", FieldType::integer},
    {"double", FieldType::number},
    {"currency", FieldType::number},
    {"percent", FieldType::number},
    {"date", FieldType::date},
    {"datetime", FieldType::datetime},
    {"time", FieldType::time},
    {"base64", FieldType::binary},
    {"id", FieldType::reference},
    {"reference", FieldType::reference},
    {"address", FieldType::json},
    {"location", FieldType::json},
    {"complexvalue", FieldType::json},
    {"json", FieldType::json},
}};

constexpr std::array<std::string_view, 4> kStamps = {"SystemModstamp", "LastModifiedDate", "CreatedDate", "LoginTime"};

/// A type that is not in the table, and new ones to come, are text.
FieldType type_of(std::string_view native) {
  for (const auto& [name, type] : kTypes) {
    if (name == native) return type;
  }
  return FieldType::text;
}

bool flag(const json& field, const char* name) { return field.value(name, false); }

std::optional<int> positive(const json& field, const char* name) {
  const auto found = field.find(name);
  if (found == field.end() || !found->is_number_integer() || found->get<int>() <= 0) return {};
  return found->get<int>();
}

std::vector<std::string> active_values(const json& field) {
  std::vector<std::string> values;
  if (!flag(field, "restrictedPicklist")) return values;
  const json listed = field.value("picklistValues", json::array());
  for (const json& value : listed) {
    if (flag(value, "active")) values.push_back(value.value("value", ""));
  }
  return values;
}

FieldSchema parse_field(const json& field) {
  FieldSchema parsed;
  parsed.name = field.at("name").get<std::string>();
  parsed.label = field.value("label", parsed.name);
  parsed.native_type = field.at("type").get<std::string>();
  parsed.type = type_of(parsed.native_type);
  if (parsed.type == FieldType::text || parsed.type == FieldType::reference)
    parsed.length_max = positive(field, "length");
  if (parsed.type == FieldType::number) {
    parsed.precision = positive(field, "precision");
    parsed.scale = field.value("scale", 0);
  }
  if (parsed.type == FieldType::integer) parsed.precision = positive(field, "digits");
  const bool is_id = parsed.native_type == "id";
  parsed.nullable = !is_id;
  parsed.creatable = flag(field, "createable");
  parsed.updatable = flag(field, "updateable");
  parsed.required = parsed.creatable && !field.value("nillable", true) && !flag(field, "defaultedOnCreate");
  parsed.unique = is_id || flag(field, "externalId") || flag(field, "idLookup");
  parsed.filterable = flag(field, "filterable");
  parsed.values = active_values(field);
  parsed.refers_to = field.value("referenceTo", std::vector<std::string>());
  return parsed;
}

std::string stamp_field(const Schema& schema) {
  for (std::string_view name : kStamps) {
    const FieldSchema* field = schema.find(name);
    if (field && field->filterable) return field->name;
  }
  return {};
}

/// A digest of everything a plan depends on. If-Modified-Since answers for the metadata of the whole org, so the
/// server's date would change far more often than this object does.
std::string etag_of(const Schema& schema) {
  std::string facts;
  for (const FieldSchema& field : schema.fields) {
    facts += fmt::format("{}|{}|{}|{}|{}|{}{}{}{}{}\n", field.name, field.native_type, field.length_max.value_or(0),
                         field.precision.value_or(0), field.scale.value_or(0), int(field.creatable),
                         int(field.updatable), int(field.required), int(field.unique), int(field.filterable));
  }
  const std::array<Value, 1> cells = {Value::text(facts)};
  std::string etag;
  for (uint8_t byte : fingerprint_of(cells).bytes) etag += fmt::format("{:02x}", byte);
  return etag;
}

Describe parse_object(const json& object) {
  Describe describe;
  describe.schema.object = object.at("name").get<std::string>();
  describe.queryable = flag(object, "queryable");
  describe.replicateable = flag(object, "replicateable");
  for (const json& field : object.at("fields")) {
    describe.schema.fields.push_back(parse_field(field));
    const auto relationship = field.find("relationshipName");
    if (relationship == field.end() || !relationship->is_string()) continue;
    const FieldSchema& lookup = describe.schema.fields.back();
    describe.relationships.push_back({relationship->get<std::string>(), lookup.name, lookup.refers_to});
  }
  describe.schema.key_field = "Id";
  describe.schema.version_field = stamp_field(describe.schema);
  describe.schema.etag = etag_of(describe.schema);
  return describe;
}

bool same_name(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

[[noreturn]] void refuse(std::string_view what, const json::exception& fault) {
  throw Error(ErrorKind::invalid, fmt::format("salesforce: {} is not what was expected: {}", what, fault.what()));
}

}  // namespace

const Relationship* Describe::relationship(std::string_view name) const {
  for (const Relationship& relationship : relationships) {
    if (same_name(relationship.name, name)) return &relationship;
  }
  return nullptr;
}

Describe parse_describe(std::string_view body) {
  try {
    return parse_object(json::parse(body));
  } catch (const json::exception& fault) {
    refuse("the describe of an object", fault);
  }
}

std::vector<ObjectSummary> parse_objects(std::string_view body) {
  std::vector<ObjectSummary> objects;
  try {
    const json list = json::parse(body);
    for (const json& object : list.at("sobjects")) {
      ObjectSummary one;
      one.name = object.at("name").get<std::string>();
      one.label = object.value("label", one.name);
      one.queryable = flag(object, "queryable");
      one.creatable = flag(object, "createable");
      one.updatable = flag(object, "updateable");
      const bool of_use = one.queryable || one.creatable || one.updatable;
      if (of_use && !flag(object, "deprecatedAndHidden")) objects.push_back(std::move(one));
    }
  } catch (const json::exception& fault) {
    refuse("the list of objects", fault);
  }
  return objects;
}

}  // namespace nexpo::salesforce

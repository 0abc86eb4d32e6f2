#include "engine/schema_json.hpp"

#include <array>

#include <fmt/format.h>

#include "base/error.hpp"

namespace nexpo {
namespace {

using nlohmann::json;

constexpr std::array kTypes{FieldType::text,   FieldType::number,   FieldType::integer, FieldType::boolean,
                            FieldType::date,   FieldType::datetime, FieldType::time,    FieldType::json,
                            FieldType::binary, FieldType::reference};

[[noreturn]] void refuse(const std::string& at, std::string_view what) {
  throw Error(ErrorKind::invalid, fmt::format("{}: {}", at, what)).with_field(at);
}

/// Takes `object[name]` if it is there; the wrong kind of value is the caller's mistake.
template <class T>
void take(const json& object, const char* name, const std::string& at, T& into) {
  const auto found = object.find(name);
  if (found == object.end() || found->is_null()) return;
  try {
    into = found->get<T>();
  } catch (const json::exception&) {
    refuse(at + "." + name, "is not the kind of value that a schema has here; pass what describe() gave");
  }
}

FieldType type_of(const std::string& name, const std::string& at) {
  std::string known;
  for (const FieldType type : kTypes) {
    if (name_of(type) == name) return type;
    known += fmt::format("{}{}", known.empty() ? "" : ", ", name_of(type));
  }
  refuse(at, fmt::format("\"{}\" is no type of field; known are {}", name, known));
}

FieldSchema parse_field(const json& field, const std::string& at) {
  if (!field.is_object()) refuse(at, "must be an object with name and type");
  FieldSchema out;
  std::string type(name_of(out.type));
  int length_max = -1, scale = -1;
  take(field, "name", at, out.name);
  take(field, "type", at, type);
  take(field, "lengthMax", at, length_max);
  take(field, "scale", at, scale);
  take(field, "nullable", at, out.nullable);
  take(field, "creatable", at, out.creatable);
  take(field, "updatable", at, out.updatable);
  take(field, "required", at, out.required);
  take(field, "values", at, out.values);
  if (out.name.empty()) refuse(at + ".name", "must be a text that is not empty");
  out.type = type_of(type, at + ".type");
  if (length_max >= 0) out.length_max = length_max;
  if (scale >= 0) out.scale = scale;
  return out;
}

}  // namespace

Schema parse_schema(const json& schema, const std::string& at) {
  if (!schema.is_object() || !schema.value("fields", json()).is_array())
    refuse(at, "must be an object with a list of fields, as describe() gives it");
  Schema out;
  out.object = "the object";
  take(schema, "object", at, out.object);
  take(schema, "keyField", at, out.key_field);
  const json& fields = schema["fields"];
  for (size_t i = 0; i < fields.size(); ++i)
    out.fields.push_back(parse_field(fields[i], fmt::format("{}.fields[{}]", at, i)));
  return out;
}

}  // namespace nexpo

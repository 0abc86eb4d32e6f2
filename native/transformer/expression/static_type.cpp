#include "transformer/expression/static_type.hpp"

#include <fmt/format.h>

namespace nexpo::cel {
namespace {

bool same(const std::shared_ptr<const StaticType>& a, const std::shared_ptr<const StaticType>& b) {
  return a && b ? *a == *b : !a && !b;
}

}  // namespace

bool operator==(const StaticType& a, const StaticType& b) {
  return a.known == b.known && a.kind == b.kind && same(a.key, b.key) && same(a.element, b.element);
}

std::string StaticType::name() const {
  if (!is_known()) return "dyn";
  if (kind == Kind::list) return fmt::format("list({})", element_type().name());
  if (kind == Kind::map) return fmt::format("map({}, {})", key_type().name(), element_type().name());
  return std::string(name_of(kind));
}

StaticType join(const StaticType& a, const StaticType& b) {
  if (a.known == StaticType::Known::anything) return b;
  if (b.known == StaticType::Known::anything || a == b) return a;
  if (a.is(Kind::list) && b.is(Kind::list)) return StaticType::list_of(join(a.element_type(), b.element_type()));
  if (a.is(Kind::map) && b.is(Kind::map))
    return StaticType::map_of(join(a.key_type(), b.key_type()), join(a.element_type(), b.element_type()));
  return StaticType::dyn();
}

bool may_equal(const StaticType& a, const StaticType& b) {
  if (!a.is_known() || !b.is_known() || (a.is_number() && b.is_number())) return true;
  if (a.is(Kind::null) || b.is(Kind::null)) return true;
  return a.kind == b.kind;
}

std::string names_of(const std::vector<StaticType>& types) {
  std::string names;
  for (const StaticType& type : types) names += (names.empty() ? "" : ", ") + type.name();
  return names;
}

std::string_view name_of(Kind kind) {
  switch (kind) {
    case Kind::null: return "null_type";
    case Kind::boolean: return "bool";
    case Kind::integer: return "int";
    case Kind::natural: return "uint";
    case Kind::real: return "double";
    case Kind::decimal: return "decimal";
    case Kind::text: return "string";
    case Kind::bytes: return "bytes";
    case Kind::instant: return "google.protobuf.Timestamp";
    case Kind::duration: return "google.protobuf.Duration";
    case Kind::list: return "list";
    case Kind::map: return "map";
    case Kind::type: return "type";
    case Kind::none:
    case Kind::fault: break;
  }
  return "error";
}

std::optional<Kind> kind_named(std::string_view name) {
  for (const Kind kind : {Kind::boolean, Kind::integer, Kind::natural, Kind::real, Kind::decimal, Kind::text,
                          Kind::bytes, Kind::list, Kind::map, Kind::null, Kind::type, Kind::instant, Kind::duration})
    if (name_of(kind) == name) return kind;
  return std::nullopt;
}

}  // namespace nexpo::cel

// StaticType: what is known of a value before anything is evaluated.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "transformer/expression/datum.hpp"

namespace nexpo::cel {

struct StaticType {
  enum class Known : uint8_t {
    nothing,   ///< dyn: any value
    anything,  ///< of the items of an empty list: fits wherever a type is wanted
    kind,
  };

  Known known = Known::nothing;
  Kind kind = Kind::none;
  std::shared_ptr<const StaticType> key = nullptr, element = nullptr;  ///< of a map; of a list or a map

  static StaticType dyn() { return {}; }
  static StaticType open() { return {Known::anything}; }
  static StaticType of(Kind kind) { return {Known::kind, kind}; }
  static StaticType list_of(StaticType element) {
    return {Known::kind, Kind::list, nullptr, std::make_shared<const StaticType>(std::move(element))};
  }
  static StaticType map_of(StaticType key, StaticType element) {
    return {Known::kind, Kind::map, std::make_shared<const StaticType>(std::move(key)),
            std::make_shared<const StaticType>(std::move(element))};
  }

  bool is(Kind wanted) const { return known == Known::kind && kind == wanted; }
  bool is_dyn() const { return known == Known::nothing; }
  bool is_known() const { return known == Known::kind; }
  bool is_number() const { return is_known() && kind >= Kind::integer && kind <= Kind::decimal; }
  /// Whether a value of this type may be of that kind.
  bool may_be(Kind wanted) const { return !is_known() || kind == wanted; }
  StaticType element_type() const { return element ? *element : dyn(); }
  StaticType key_type() const { return key ? *key : dyn(); }
  /// As CEL writes it: "list(int)".
  std::string name() const;

  friend bool operator==(const StaticType& a, const StaticType& b);
};

/// The type of either.
StaticType join(const StaticType& a, const StaticType& b);
/// Whether a value of one type may equal one of the other.
bool may_equal(const StaticType& a, const StaticType& b);

/// "int, string".
std::string names_of(const std::vector<StaticType>& types);

/// As CEL writes it: "null_type", "google.protobuf.Timestamp".
std::string_view name_of(Kind kind);
/// The kind of that name, or nothing.
std::optional<Kind> kind_named(std::string_view name);

}  // namespace nexpo::cel

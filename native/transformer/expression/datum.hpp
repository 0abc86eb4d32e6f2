// Datum: a value while an expression is evaluated.
#pragma once

#include <bit>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>

#include "transformer/expression/decimal38.hpp"

namespace nexpo::cel {

/// The types of CEL, and `decimal`.
enum class Kind : uint8_t {
  none,  ///< not computed yet
  null,
  boolean,
  integer,   ///< int: 64 bits
  natural,   ///< uint: 64 bits
  real,      ///< double
  decimal,   ///< ours: 38 digits, exact
  text,      ///< string: UTF-8
  bytes,     ///< bytes
  instant,   ///< timestamp: seconds since 1970 in the years 1 to 9999, and nanoseconds
  duration,  ///< nanoseconds, 64 bits
  list,
  map,
  type,   ///< the type of a value
  fault,  ///< an error that a logical operator or a macro holds back
};
constexpr size_t kKinds = static_cast<size_t>(Kind::fault) + 1;

/// What went wrong. The words are in fault.cpp.
enum class FaultCode : uint8_t {
  none,
  no_overload,
  overflow,
  divide_by_zero,
  no_such_key,
  index_out_of_range,
  bad_argument,
  bad_conversion,
  duplicate_key,
  bad_key,
  unknown_name,
  unknown_function,
  too_many_digits,
  too_costly,    ///< final: nothing holds it back
  too_much_data  ///< final
};

struct Entry;

/// A plain value: copied freely, valid as long as the memory it points into (cells, the expression's constants, or the
/// scratch of one evaluation).
struct Datum {  // NOLINT(cppcoreguidelines-pro-type-member-init): `coefficient` covers the whole union
  /// A double that was written as a literal remembers how: beside a decimal, 0.1 is meant exactly.
  struct Real {
    double number;
    const Decimal38* literal;  ///< or null
  };
  struct Instant {
    int64_t seconds;
    uint32_t nanos;
  };
  struct Fault {
    FaultCode code;
    uint32_t column;
    Kind left, right;  ///< of the operands of an operator that has no overload
  };

  union {
    Int128 coefficient = 0;  ///< of a decimal
    bool boolean;
    int64_t integer;  ///< of a duration too
    uint64_t natural;
    Real real;
    Instant instant;
    const char* data;
    const Datum* items;
    const Entry* entries;
    Kind type;
    Fault fault;
  };
  uint32_t size = 0;  ///< bytes, items or entries
  int16_t scale = 0;
  Kind kind = Kind::none;
  bool lasting = false;  ///< of texts: a view into a cell, which outlives the evaluation

  static Datum null() { return of(Kind::null); }
  static Datum of(bool value) {
    Datum made = of(Kind::boolean);
    made.boolean = value;
    return made;
  }
  static Datum of(int64_t value) {
    Datum made = of(Kind::integer);
    made.integer = value;
    return made;
  }
  static Datum of(uint64_t value) {
    Datum made = of(Kind::natural);
    made.natural = value;
    return made;
  }
  static Datum of(double value, const Decimal38* literal = nullptr) {
    Datum made = of(Kind::real);
    made.real = {value, literal};
    return made;
  }
  static Datum of(const Decimal38& value) {
    Datum made = of(Kind::decimal);
    made.coefficient = value.coefficient;
    made.scale = static_cast<int16_t>(value.scale);
    return made;
  }
  static Datum text(std::string_view value, bool lasting = false) {
    Datum made = of_view(Kind::text, value);
    made.lasting = lasting;
    return made;
  }
  static Datum bytes(std::string_view value) { return of_view(Kind::bytes, value); }
  static Datum at(int64_t seconds, uint32_t nanos) {
    Datum made = of(Kind::instant);
    made.instant = {seconds, nanos};
    return made;
  }
  static Datum lasting_for(int64_t nanos) {
    Datum made = of(Kind::duration);
    made.integer = nanos;
    return made;
  }
  static Datum list(std::span<const Datum> values) {
    Datum made = of(Kind::list);
    made.items = values.data();
    made.size = static_cast<uint32_t>(values.size());
    return made;
  }
  static Datum map(std::span<const Entry> values);
  static Datum type_of(Kind kind) {
    Datum made = of(Kind::type);
    made.type = kind;
    return made;
  }
  static Datum failed(const Fault& fault) {
    Datum made = of(Kind::fault);
    made.fault = fault;
    return made;
  }

  bool is(Kind other) const { return kind == other; }
  bool is_number() const { return kind >= Kind::integer && kind <= Kind::decimal; }
  bool is_true() const { return kind == Kind::boolean && boolean; }
  bool is_false() const { return kind == Kind::boolean && !boolean; }
  Decimal38 decimal() const { return {coefficient, scale}; }
  std::string_view view() const { return {data, size}; }
  std::span<const Datum> list() const { return {items, size}; }
  std::span<const Entry> map() const;

 private:
  static Datum of(Kind kind) {
    Datum made;
    made.kind = kind;
    return made;
  }
  static Datum of_view(Kind kind, std::string_view value) {
    Datum made = of(kind);
    made.data = value.data();
    made.size = static_cast<uint32_t>(value.size());
    return made;
  }
};

struct Entry {
  Datum key, value;
};

inline Datum Datum::map(std::span<const Entry> values) {
  Datum made = of(Kind::map);
  made.entries = values.data();
  made.size = static_cast<uint32_t>(values.size());
  return made;
}
inline std::span<const Entry> Datum::map() const { return {entries, size}; }

static_assert(sizeof(Datum) == 32 && std::is_trivially_copyable_v<Datum>);

}  // namespace nexpo::cel

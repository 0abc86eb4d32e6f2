#include "transformer/expression/operator_types.hpp"

#include <array>

namespace nexpo::cel {

std::string_view sign_of(Operator op) {
  constexpr std::array<std::string_view, 14> kSigns = {
      "+", "-", "*", "/", "%", "==", "!=", "<", "<=", ">", ">=", "in", "-", "!"};
  return kSigns[static_cast<size_t>(op)];
}

std::optional<StaticType> arithmetic_type(Operator op, const StaticType& a, const StaticType& b) {
  if (!a.is_known() && !b.is_known()) return StaticType::dyn();
  const StaticType& known = a.is_known() ? a : b;
  const bool plus = op == Operator::add, minus = op == Operator::subtract;
  const bool for_numbers = known.is_number() && !(op == Operator::modulo && known.is(Kind::real));
  const bool for_others = (plus && (known.is(Kind::text) || known.is(Kind::bytes) || known.is(Kind::list))) ||
                          ((plus || minus) && (known.is(Kind::instant) || known.is(Kind::duration)));
  if (!a.is_known() || !b.is_known())
    return for_numbers || for_others || known.is(Kind::real) ? std::optional(StaticType::dyn()) : std::nullopt;
  if (a.is(Kind::list) && b.is(Kind::list) && plus) return cel::join(a, b);
  if (a.kind == b.kind) {
    if (a.is(Kind::instant)) return minus ? std::optional(StaticType::of(Kind::duration)) : std::nullopt;
    return for_numbers || for_others ? std::optional(a) : std::nullopt;
  }
  if (a.is_number() && b.is_number() && (a.is(Kind::decimal) || b.is(Kind::decimal)))
    return StaticType::of(Kind::decimal);
  if ((plus || minus) && a.is(Kind::instant) && b.is(Kind::duration)) return a;
  if (plus && a.is(Kind::duration) && b.is(Kind::instant)) return b;
  return std::nullopt;
}

bool may_order(const StaticType& a, const StaticType& b) {
  constexpr Kind kUnordered[] = {Kind::null, Kind::list, Kind::map, Kind::type};
  for (const Kind kind : kUnordered) {
    if (a.is(kind) || b.is(kind)) return false;
  }
  return !a.is_known() || !b.is_known() || a.kind == b.kind || (a.is_number() && b.is_number());
}

bool may_contain(const StaticType& container, const StaticType& value) {
  if (!container.is_known()) return true;
  if (container.is(Kind::list)) return may_equal(value, container.element_type());
  return container.is(Kind::map) && may_equal(value, container.key_type());
}

StaticType item_type_of(const StaticType& range) {
  if (range.is(Kind::map)) return range.key_type();
  return range.is(Kind::list) ? range.element_type() : StaticType::dyn();
}

StaticType key_type_of(const StaticType& range) {
  if (range.is(Kind::map)) return range.key_type();
  return range.is(Kind::list) ? StaticType::of(Kind::integer) : StaticType::dyn();
}

}  // namespace nexpo::cel

#include "sync/same_value.hpp"

#include <algorithm>

#include "transformer/decimal.hpp"
#include "transformer/moment.hpp"

namespace nexpo {
namespace {

bool same_number(std::string_view a, std::string_view b) {
  Decimal left, right;
  if (!left.parse(a, {}) || !right.parse(b, {})) return false;
  const int scale = std::max(left.scale(), right.scale());
  if (!left.round(scale, Rounding::half_even) || !right.round(scale, Rounding::half_even)) return false;
  char left_text[Decimal::kTextMax], right_text[Decimal::kTextMax];
  return std::string_view(left_text, left.write(left_text)) == std::string_view(right_text, right.write(right_text));
}

bool same_moment(std::string_view a, std::string_view b) {
  Moment left, right;
  if (!parse_iso(a, left) || !parse_iso(b, right) || left.kind != right.kind || left.nanos != right.nanos) return false;
  return left.wall_seconds() - left.offset == right.wall_seconds() - right.offset;
}

bool is_flag(std::string_view text, bool yes) { return text == (yes ? "true" : "false") || text == (yes ? "1" : "0"); }

}  // namespace

bool same_value(Value a, Value b) {
  if (!a.present() || !b.present()) return a.present() == b.present();
  if (a.view() == b.view()) return true;
  if (a.is(ValueKind::boolean) || b.is(ValueKind::boolean))
    return (is_flag(a.view(), true) && is_flag(b.view(), true)) ||
           (is_flag(a.view(), false) && is_flag(b.view(), false));
  if (a.is(ValueKind::number) || b.is(ValueKind::number)) return same_number(a.view(), b.view());
  return same_moment(a.view(), b.view());
}

}  // namespace nexpo

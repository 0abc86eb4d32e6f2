#include "transformer/expression/format_call.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "record/utf8.hpp"
#include "transformer/expression/double_form.hpp"
#include "transformer/expression/static_type.hpp"
#include "transformer/expression/time.hpp"

namespace nexpo::cel {
namespace {

constexpr int kPrecisionMax = 100;
constexpr int kPrecisionDefault = 6;

bool unfit(Run& run, const Datum& value) {
  run.fail(FaultCode::no_overload);
  run.fault.left = value.kind;
  return false;
}

// Bytes as text, each run of what is not UTF-8 as one U+FFFD.
void append_bytes(std::string& out, std::string_view bytes) {
  bool was_bad = false;
  for (size_t at = 0; at < bytes.size();) {
    const size_t size = utf8_size(bytes, at);
    if (size > 0) out += bytes.substr(at, size);
    if (size == 0 && !was_bad) out += "\uFFFD";
    was_bad = size == 0;
    at += std::max<size_t>(size, 1);
  }
}

bool append_value(Run& run, std::string& out, const Datum& value);

bool append_list(Run& run, std::string& out, const Datum& list) {
  out += '[';
  for (const Datum& item : list.list()) {
    if (&item != list.items) out += ", ";
    if (!append_value(run, out, item)) return false;
  }
  out += ']';
  return true;
}

bool append_map(Run& run, std::string& out, const Datum& map) {
  std::vector<std::pair<std::string, std::string>> entries;
  for (const Entry& entry : map.map()) {
    auto& [key, value] = entries.emplace_back();
    if (!append_value(run, key, entry.key) || !append_value(run, value, entry.value)) return false;
  }
  std::sort(entries.begin(), entries.end());
  out += '{';
  for (size_t i = 0; i < entries.size(); ++i)
    out += fmt::format("{}{}: {}", i > 0 ? ", " : "", entries[i].first, entries[i].second);
  out += '}';
  return true;
}

// %s
bool append_value(Run& run, std::string& out, const Datum& value) {
  char place[Decimal38::kTextMax];
  run.charge_items(1);
  if (run.is_exhausted()) return run.fail(FaultCode::too_costly);
  switch (value.kind) {
    case Kind::null: out += "null"; return true;
    case Kind::boolean: out += value.boolean ? "true" : "false"; return true;
    case Kind::integer: out += fmt::format("{}", value.integer); return true;
    case Kind::natural: out += fmt::format("{}", value.natural); return true;
    case Kind::real: out.append(place, write_double(value.real.number, place)); return true;
    case Kind::decimal: out.append(place, value.decimal().write(place)); return true;
    case Kind::text:
      run.charge_bytes(value.size);
      out += value.view();
      return true;
    case Kind::bytes:
      run.charge_bytes(value.size);
      append_bytes(out, value.view());
      return true;
    case Kind::instant: out.append(place, write_instant(value, place)); return true;
    case Kind::duration: out.append(place, write_duration(value.integer, place)); return true;
    case Kind::type: out += name_of(value.type); return true;
    case Kind::list: return append_list(run, out, value);
    case Kind::map: return append_map(run, out, value);
    default: return unfit(run, value);
  }
}

// %d, %x, %X, %o, %b of whole numbers.
bool append_whole(Run& run, std::string& out, const Datum& value, char letter) {
  if (!value.is(Kind::integer) && !value.is(Kind::natural)) return unfit(run, value);
  const bool negative = value.is(Kind::integer) && value.integer < 0;
  const uint64_t magnitude = negative                  ? -static_cast<uint64_t>(value.integer)
                             : value.is(Kind::integer) ? static_cast<uint64_t>(value.integer)
                                                       : value.natural;
  if (negative) out += '-';
  switch (letter) {
    case 'd': out += fmt::format("{}", magnitude); break;
    case 'x': out += fmt::format("{:x}", magnitude); break;
    case 'X': out += fmt::format("{:X}", magnitude); break;
    case 'o': out += fmt::format("{:o}", magnitude); break;
    default: out += fmt::format("{:b}", magnitude);
  }
  return true;
}

bool append_hex(Run& run, std::string& out, const Datum& value, bool upper) {
  if (!value.is(Kind::text) && !value.is(Kind::bytes)) return append_whole(run, out, value, upper ? 'X' : 'x');
  run.charge_bytes(value.size);
  for (const char c : value.view()) {
    const auto byte = static_cast<unsigned char>(c);
    out += upper ? fmt::format("{:02X}", byte) : fmt::format("{:02x}", byte);
  }
  return true;
}

// %f and %e. A decimal keeps its digits in %f.
bool append_real(Run& run, std::string& out, const Datum& value, bool exponent, int precision) {
  double number = 0;
  switch (value.kind) {
    case Kind::integer: number = static_cast<double>(value.integer); break;
    case Kind::natural: number = static_cast<double>(value.natural); break;
    case Kind::real: number = value.real.number; break;
    case Kind::decimal:
      if (!exponent && precision <= Decimal38::kDigitsMax) {
        const auto rounded = value.decimal().rounded(precision, Decimal38::Round::half_even);
        if (!rounded) return run.fail(FaultCode::too_many_digits);
        char place[Decimal38::kTextMax];
        out.append(place, rounded->write(place));
        return true;
      }
      number = value.decimal().to_double();
      break;
    default: return unfit(run, value);
  }
  if (!std::isfinite(number)) {
    char place[kDoubleTextMax];
    out.append(place, write_double(number, place));
  } else {
    out += exponent ? fmt::format("{:.{}e}", number, precision) : fmt::format("{:.{}f}", number, precision);
  }
  return true;
}

bool append_by(Run& run, std::string& out, const Datum& value, char letter, std::optional<int> precision) {
  if (precision && letter != 'f' && letter != 'e') return run.fail(FaultCode::bad_argument);
  switch (letter) {
    case 's': return append_value(run, out, value);
    case 'd': {
      // What is no number and yet has a plain form, as NaN, is written like %s.
      if (value.is(Kind::real) || value.is(Kind::decimal)) return append_value(run, out, value);
      return append_whole(run, out, value, 'd');
    }
    case 'f':
    case 'e': return append_real(run, out, value, letter == 'e', precision.value_or(kPrecisionDefault));
    case 'x':
    case 'X': return append_hex(run, out, value, letter == 'X');
    case 'o': return append_whole(run, out, value, 'o');
    case 'b':
      if (!value.is(Kind::boolean)) return append_whole(run, out, value, 'b');
      out += value.boolean ? '1' : '0';
      return true;
    default: return run.fail(FaultCode::bad_argument);
  }
}

// Takes ".2" off the text; nothing if there is none. False if it is wrong.
bool take_precision(std::string_view& text, std::optional<int>& precision) {
  if (!text.starts_with('.')) return true;
  text.remove_prefix(1);
  int digits = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), digits);
  if (fault != std::errc() || digits < 0 || digits > kPrecisionMax) return false;
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  precision = digits;
  return true;
}

}  // namespace

bool format_text(Run& run, std::span<const Datum> arguments, Datum& out) {
  if (!arguments[0].is(Kind::text) || !arguments[1].is(Kind::list)) return run.no_overload(arguments[0], arguments[1]);
  std::string made;
  std::string_view left = arguments[0].view();
  size_t next = 0;
  run.charge_bytes(left.size());
  while (!left.empty()) {
    const size_t percent = left.find('%');
    made += left.substr(0, percent);
    if (percent == std::string_view::npos) break;
    left.remove_prefix(percent + 1);
    if (left.starts_with('%')) {
      made += '%';
      left.remove_prefix(1);
      continue;
    }
    std::optional<int> precision;
    if (!take_precision(left, precision) || left.empty()) return run.fail(FaultCode::bad_argument);
    if (next >= arguments[1].size) return run.fail(FaultCode::index_out_of_range);
    if (!append_by(run, made, arguments[1].items[next++], left[0], precision)) return false;
    left.remove_prefix(1);
  }
  return run.keep_text(made, out);
}

}  // namespace nexpo::cel

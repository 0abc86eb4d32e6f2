#include "record/json_escape.hpp"

#include <cstring>

#include "record/utf8.hpp"

namespace nexpo {
namespace {

constexpr int kNoDigit = -1;

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : kNoDigit;
}

// The four digits of \uXXXX at `raw[at]`, or -1.
int hex_unit(std::string_view raw, size_t at) {
  if (raw.size() < at + 4) return kNoDigit;
  int unit = 0;
  for (size_t i = at; i < at + 4; ++i) {
    const int digit = hex_digit(raw[i]);
    if (digit == kNoDigit) return kNoDigit;
    unit = unit * 16 + digit;
  }
  return unit;
}

char simple_escape(char c) {
  switch (c) {
    case '"': return '"';
    case '\\': return '\\';
    case '/': return '/';
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    default: return '\0';
  }
}

bool is_high_surrogate(int unit) { return unit >= 0xD800 && unit < 0xDC00; }
bool is_low_surrogate(int unit) { return unit >= 0xDC00 && unit < 0xE000; }

struct CodePoint {
  char32_t code = 0;
  size_t raw_bytes = 0;  ///< of the escape, or of the pair of them
  std::string_view fault = {};
  bool half_pair = false;
};

constexpr size_t kEscapeBytes = 6;  // of \uXXXX
constexpr char32_t kReplacement = 0xFFFD;

CodePoint half_pair(std::string_view fault) { return {kReplacement, kEscapeBytes, fault, true}; }

// The \u escape whose backslash is at `raw[at]`, together with the second half of a pair.
CodePoint unicode_escape(std::string_view raw, size_t at) {
  const int unit = hex_unit(raw, at + 2);
  if (unit == kNoDigit) return {0, 0, "\\u needs four hexadecimal digits"};
  if (is_low_surrogate(unit)) return half_pair("the second half of a surrogate pair stands alone");
  if (!is_high_surrogate(unit)) return {static_cast<char32_t>(unit), kEscapeBytes};
  const bool has_second = raw.size() >= at + 8 && raw[at + 6] == '\\' && raw[at + 7] == 'u';
  const int second = has_second ? hex_unit(raw, at + 8) : kNoDigit;
  if (!is_low_surrogate(second)) return half_pair("the first half of a surrogate pair stands alone");
  return {static_cast<char32_t>(0x10000 + ((unit - 0xD800) << 10) + (second - 0xDC00)), 2 * kEscapeBytes};
}

}  // namespace

Unescaped unescape_json(std::string_view raw, char* place, HalfPairs half_pairs) {
  size_t size = 0;
  size_t at = 0;
  while (at < raw.size()) {
    const void* found = std::memchr(raw.data() + at, '\\', raw.size() - at);
    const size_t escape = found ? static_cast<size_t>(static_cast<const char*>(found) - raw.data()) : raw.size();
    if (place) std::memcpy(place + size, raw.data() + at, escape - at);
    size += escape - at;
    at = escape;
    if (at == raw.size()) break;
    const char kind = at + 1 < raw.size() ? raw[at + 1] : '\0';
    if (kind == 'u') {
      const CodePoint point = unicode_escape(raw, at);
      const bool replaced = point.half_pair && half_pairs == HalfPairs::replace;
      if (!point.fault.empty() && !replaced) return {size, point.fault, at, point.half_pair};
      char utf8[4];
      const size_t bytes = write_utf8(point.code, utf8);
      if (place) std::memcpy(place + size, utf8, bytes);
      size += bytes;
      at += point.raw_bytes;
    } else {
      const char plain = simple_escape(kind);
      if (plain == '\0') return {size, "this escape does not exist in JSON", at};
      if (place) place[size] = plain;
      ++size;
      at += 2;
    }
  }
  return {size, {}, 0};
}

bool is_json_number(std::string_view text) {
  const char* at = text.data();
  const char* const end = at + text.size();
  const auto digits = [&] {
    const char* const begin = at;
    while (at < end && *at >= '0' && *at <= '9') ++at;
    return at != begin;
  };
  if (at < end && *at == '-') ++at;
  if (at < end && *at == '0') {
    ++at;
  } else if (!digits()) {
    return false;
  }
  if (at < end && *at == '.') {
    ++at;
    if (!digits()) return false;
  }
  if (at < end && (*at | 0x20) == 'e') {
    ++at;
    if (at < end && (*at == '+' || *at == '-')) ++at;
    if (!digits()) return false;
  }
  return at == end;
}

}  // namespace nexpo

#pragma once

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#if !defined(__cpp_lib_to_chars)
#include <locale.h>
#endif

namespace nexpo {

/// The double nearest to a decimal text: digits, at most one point, an exponent, a sign. Null if the text is anything
/// else or is beyond a double. Knows no locale: the point is a point.
inline std::optional<double> double_of(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  const size_t first = text.find_first_not_of('-');
  if (first == std::string_view::npos || (text[first] != '.' && (text[first] < '0' || text[first] > '9')))
    return std::nullopt;  // what the library would read as well: infinities, words, spaces
  double number = 0;
#if defined(__cpp_lib_to_chars)
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (fault != std::errc() || end != text.data() + text.size()) return std::nullopt;
#else
  // The libc++ of clang 16 reads no doubles.
  static const locale_t plain = newlocale(LC_ALL_MASK, "C", locale_t{});
  if (text.find_first_of("xX") != std::string_view::npos) return std::nullopt;  // hexadecimal
  const std::string terminated(text);
  char* end = nullptr;
  number = strtod_l(terminated.c_str(), &end, plain);
  if (end != terminated.c_str() + terminated.size() || std::isinf(number)) return std::nullopt;
  if (number == 0 && text.find_first_of("123456789") < text.find_first_of("eE")) return std::nullopt;  // too small
#endif
  return number;
}

}  // namespace nexpo

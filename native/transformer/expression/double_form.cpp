#include "transformer/expression/double_form.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "base/double_text.hpp"
#include "transformer/expression/decimal38.hpp"

namespace nexpo::cel {
namespace {

size_t put(std::string_view text, char* place) {
  std::copy(text.begin(), text.end(), place);
  return text.size();
}

bool is_word(std::string_view text, std::string_view lower) {
  return text.size() == lower.size() && std::equal(text.begin(), text.end(), lower.begin(), [](char a, char b) {
           return (a >= 'A' && a <= 'Z' ? static_cast<char>(a + ('a' - 'A')) : a) == b;
         });
}

}  // namespace

size_t write_double(double number, char* place) {
  constexpr double kPlainMin = 1e-6, kPlainMax = 1e21;
  if (std::isnan(number)) return put("NaN", place);
  if (std::isinf(number)) return put(number < 0 ? "-Infinity" : "Infinity", place);
  const double size = std::abs(number);
  if (size >= kPlainMax || (size < kPlainMin && size > 0)) return put(fmt::format("{}", number), place);
  if (number == 0) return put(std::signbit(number) ? "-0" : "0", place);
  const std::optional<Decimal38> exact = Decimal38::of(number);
  return exact ? exact->write(place) : 0;
}

std::optional<double> read_double(std::string_view text) {
  std::string_view word = text;
  const bool negative = word.starts_with('-');
  if (negative || word.starts_with('+')) word.remove_prefix(1);
  if (is_word(word, "nan")) return std::numeric_limits<double>::quiet_NaN();
  if (is_word(word, "inf") || is_word(word, "infinity"))
    return negative ? -std::numeric_limits<double>::infinity() : std::numeric_limits<double>::infinity();
  return double_of(text);
}

}  // namespace nexpo::cel

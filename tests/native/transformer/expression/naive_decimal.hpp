// NaiveDecimal: decimal arithmetic as it is done on paper, digit by digit. Slow, without limits, and simple enough to
// be believed.
#pragma once

#include <algorithm>
#include <string>
#include <utility>

namespace nexpo::cel {

/// Whole numbers as digits, the highest first, without leading zeros; 0 is "".
namespace paper {

inline std::string trimmed(std::string digits) {
  return digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
}
inline int compare(const std::string& a, const std::string& b) {
  if (a.size() != b.size()) return a.size() < b.size() ? -1 : 1;
  return a.compare(b) < 0 ? -1 : a == b ? 0 : 1;
}
inline std::string sum(std::string a, std::string b) {
  const size_t size = std::max(a.size(), b.size()) + 1;
  a.insert(0, size - a.size(), '0');
  b.insert(0, size - b.size(), '0');
  int carry = 0;
  for (size_t i = size; i-- > 0; carry /= 10) {
    carry += a[i] - '0' + b[i] - '0';
    a[i] = static_cast<char>('0' + carry % 10);
  }
  return trimmed(a);
}
/// `b` must not be greater.
inline std::string difference(std::string a, std::string b) {
  b.insert(0, a.size() - b.size(), '0');
  int borrow = 0;
  for (size_t i = a.size(); i-- > 0;) {
    const int digit = a[i] - b[i] - borrow;
    borrow = digit < 0 ? 1 : 0;
    a[i] = static_cast<char>('0' + digit + borrow * 10);
  }
  return trimmed(a);
}
inline std::string product(const std::string& a, const std::string& b) {
  std::string total;
  for (const char digit : b) {
    if (!total.empty()) total += '0';
    for (int i = '0'; i < digit; ++i) total = sum(total, a);
  }
  return total;
}
/// Quotient and remainder.
inline std::pair<std::string, std::string> quotient(const std::string& a, const std::string& b) {
  std::string whole, rest;
  for (const char digit : a) {
    rest = trimmed(rest + digit);
    char count = '0';
    for (; compare(rest, b) >= 0; ++count) rest = difference(rest, b);
    whole += count;
  }
  return {trimmed(whole), rest};
}

}  // namespace paper

/// digits * 10^-scale.
struct NaiveDecimal {
  bool negative = false;
  std::string digits;
  int scale = 0;

  /// Sign, digits and a point.
  static NaiveDecimal of(std::string text) {
    NaiveDecimal made;
    made.negative = text.starts_with('-');
    if (made.negative) text.erase(0, 1);
    const size_t point = text.find('.');
    if (point != std::string::npos) {
      made.scale = static_cast<int>(text.size() - point - 1);
      text.erase(point, 1);
    }
    made.digits = paper::trimmed(text);
    return made.normal();
  }
  /// Without zeros at its end, and without a sign if it is 0: equal numbers become the same.
  NaiveDecimal normal() const {
    NaiveDecimal made = *this;
    while (made.digits.ends_with('0')) made.digits.pop_back(), --made.scale;
    if (made.digits.empty()) made = NaiveDecimal();
    return made;
  }
  std::string digits_at(int wanted) const {
    return digits.empty() ? "" : digits + std::string(static_cast<size_t>(wanted - scale), '0');
  }

  NaiveDecimal plus(const NaiveDecimal& other) const {
    const int fine = std::max(scale, other.scale);
    const std::string a = digits_at(fine), b = other.digits_at(fine);
    if (negative == other.negative) return NaiveDecimal{negative, paper::sum(a, b), fine}.normal();
    if (paper::compare(a, b) >= 0) return NaiveDecimal{negative, paper::difference(a, b), fine}.normal();
    return NaiveDecimal{other.negative, paper::difference(b, a), fine}.normal();
  }
  NaiveDecimal negated() const { return NaiveDecimal{!negative, digits, scale}.normal(); }
  NaiveDecimal times(const NaiveDecimal& other) const {
    return NaiveDecimal{negative != other.negative, paper::product(digits, other.digits), scale + other.scale}.normal();
  }
  /// With `places` significant digits, half to even.
  NaiveDecimal over(const NaiveDecimal& other, size_t places) const {
    std::string dividend = digits;
    int made_scale = scale - other.scale;
    while (paper::quotient(dividend, other.digits).first.size() < places + 3) dividend += '0', ++made_scale;
    auto [whole, rest] = paper::quotient(dividend, other.digits);
    if (!rest.empty()) whole.back() = static_cast<char>(whole.back() | 1);  // more than half stays more than half
    const std::string cut = whole.substr(places);
    whole.resize(places);
    made_scale -= static_cast<int>(cut.size());
    const std::string half = "5" + std::string(cut.size() - 1, '0');
    if (cut > half || (cut == half && (whole.back() - '0') % 2 == 1)) whole = paper::sum(whole, "1");
    return NaiveDecimal{negative != other.negative, whole, made_scale}.normal();
  }
  NaiveDecimal modulo(const NaiveDecimal& other) const {
    const int fine = std::max(scale, other.scale);
    return NaiveDecimal{negative, paper::quotient(digits_at(fine), other.digits_at(fine)).second, fine}.normal();
  }

  friend bool operator==(const NaiveDecimal&, const NaiveDecimal&) = default;
};

}  // namespace nexpo::cel

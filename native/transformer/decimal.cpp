#include "transformer/decimal.hpp"

#include <algorithm>
#include <cstring>

namespace nexpo {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Whether the part that is cut off, seen from its first digit, makes the rest grow by one unit.
bool grows(Rounding mode, bool negative, bool odd, int against_half, bool anything) {
  switch (mode) {
    case Rounding::half_even: return against_half > 0 || (against_half == 0 && odd);
    case Rounding::half_up: return against_half >= 0;
    case Rounding::half_down: return against_half > 0;
    case Rounding::up: return anything;
    case Rounding::down: return false;
    case Rounding::ceiling: return anything && !negative;
    case Rounding::floor: return anything && negative;
  }
  return false;
}

}  // namespace

bool Decimal::append(char digit) {
  if (digit == '0' && size_ == 0) return true;
  if (size_ == kDigitsMax) return false;
  digits_[size_++] = digit;
  return true;
}

bool Decimal::append_zeros(int count) {
  if (is_zero()) return true;
  if (size_ + static_cast<size_t>(count) > kDigitsMax) return false;
  std::fill_n(digits_.begin() + static_cast<std::ptrdiff_t>(size_), count, '0');
  size_ += static_cast<size_t>(count);
  return true;
}

// Digits with group marks between them; stops in front of anything else.
bool Decimal::take_digits(std::string_view& text, std::string_view group, bool& any) {
  while (!text.empty()) {
    if (is_digit(text[0])) {
      if (!append(text[0])) return false;
      any = true;
      text.remove_prefix(1);
    } else if (any && !group.empty() && text.starts_with(group) && text.size() > group.size() &&
               is_digit(text[group.size()])) {
      text.remove_prefix(group.size());
    } else {
      break;
    }
  }
  return true;
}

bool Decimal::take_exponent(std::string_view text) {
  if (text.empty()) return true;
  if ((text[0] | 0x20) != 'e') return false;
  text.remove_prefix(1);
  const bool minus = text.starts_with('-');
  if (minus || text.starts_with('+')) text.remove_prefix(1);
  if (text.empty()) return false;
  int exponent = 0;
  for (const char c : text) {
    if (!is_digit(c)) return false;
    exponent = std::min(exponent * 10 + (c - '0'), 100'000);
  }
  return shift(minus ? -exponent : exponent);
}

bool Decimal::parse(std::string_view text, const NumberSpelling& spelling) {
  size_ = 0;
  scale_ = 0;
  negative_ = text.starts_with('-');
  if (negative_ || text.starts_with('+')) text.remove_prefix(1);
  bool whole = false, fraction = false;
  if (!take_digits(text, spelling.group, whole)) return false;
  if (!spelling.decimal.empty() && text.starts_with(spelling.decimal)) {
    text.remove_prefix(spelling.decimal.size());
    const size_t left = text.size();
    if (!take_digits(text, "", fraction) || !fraction || left - text.size() > kDigitsMax) return false;
    scale_ = static_cast<int>(left - text.size());
  }
  return (whole || fraction) && take_exponent(text);
}

bool Decimal::shift(int places) {
  if (is_zero()) {
    scale_ = std::max(0, std::min(scale_ - places, static_cast<int>(kDigitsMax)));
    return true;
  }
  scale_ -= places;
  if (scale_ > static_cast<int>(kDigitsMax)) return false;
  if (scale_ >= 0) return true;
  const int zeros = -scale_;
  scale_ = 0;
  return zeros <= static_cast<int>(kDigitsMax) && append_zeros(zeros);
}

void Decimal::add_one_unit() {
  size_t i = size_;
  while (i > 0 && digits_[i - 1] == '9') digits_[--i] = '0';
  if (i > 0) {
    ++digits_[i - 1];
    return;
  }
  // All nines, or nothing at all: one more digit, for which the digits that were cut off have left room.
  std::memmove(digits_.data() + 1, digits_.data(), size_);
  digits_[0] = '1';
  ++size_;
}

bool Decimal::round(int scale, Rounding mode) {
  if (scale >= scale_) {
    const int zeros = scale - scale_;
    scale_ = scale;
    return append_zeros(zeros);
  }
  const auto cut = static_cast<size_t>(scale_ - scale);
  const size_t kept = size_ > cut ? size_ - cut : 0;
  const auto cut_begin = digits_.begin() + static_cast<std::ptrdiff_t>(kept);
  const auto cut_end = digits_.begin() + static_cast<std::ptrdiff_t>(size_);
  const auto is_not_zero = [](char digit) { return digit != '0'; };
  const bool anything = std::any_of(cut_begin, cut_end, is_not_zero);
  // With fewer digits than places to cut, zeros stand between the point and the first digit.
  const char first = size_ < cut ? '0' : *cut_begin;
  const bool more = first == '5' && std::any_of(cut_begin + 1, cut_end, is_not_zero);
  const int against_half = first > '5' || more ? 1 : first < '5' ? -1 : 0;
  const bool odd = kept > 0 && ((digits_[kept - 1] - '0') & 1) != 0;
  size_ = kept;
  scale_ = scale;
  if (grows(mode, negative_, odd, against_half, anything)) add_one_unit();
  return true;
}

// Without regard to the signs. Neither has a leading zero, so the place of the first digit decides, then the digits.
int Decimal::compare_size(const Decimal& other) const {
  const int whole = static_cast<int>(size_) - scale_, other_whole = static_cast<int>(other.size_) - other.scale_;
  if (is_zero() || other.is_zero()) return static_cast<int>(other.is_zero()) - static_cast<int>(is_zero());
  if (whole != other_whole) return whole < other_whole ? -1 : 1;
  const size_t shared = std::min(size_, other.size_);
  if (const int order = std::memcmp(digits_.data(), other.digits_.data(), shared)) return order;
  const auto rest_is_zero = [shared](const Decimal& longer) {
    return std::all_of(longer.digits_.data() + shared, longer.digits_.data() + longer.size_,
                       [](char digit) { return digit == '0'; });
  };
  return size_ > shared ? !rest_is_zero(*this) : -static_cast<int>(!rest_is_zero(other));
}

int Decimal::compare(const Decimal& other) const {
  const bool minus = negative_ && !is_zero(), other_minus = other.negative_ && !other.is_zero();
  if (minus != other_minus) return minus ? -1 : 1;
  return minus ? -compare_size(other) : compare_size(other);
}

size_t Decimal::write(char* place) const {
  char* at = place;
  const auto behind = static_cast<size_t>(scale_);
  if (negative_ && !is_zero()) *at++ = '-';
  const size_t whole = size_ > behind ? size_ - behind : 0;
  if (whole == 0) *at++ = '0';
  std::memcpy(at, digits_.data(), whole);
  at += whole;
  if (behind > 0) {
    *at++ = '.';
    for (size_t zeros = behind - (size_ - whole); zeros > 0; --zeros) *at++ = '0';
    std::memcpy(at, digits_.data() + whole, size_ - whole);
    at += size_ - whole;
  }
  return static_cast<size_t>(at - place);
}

}  // namespace nexpo

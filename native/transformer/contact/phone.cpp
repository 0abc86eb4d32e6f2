#include "transformer/contact/phone.hpp"

#include <algorithm>

#include "transformer/contact/calling_codes.hpp"

namespace nexpo {
namespace {

constexpr size_t kDigitsMin = 5, kDigitsMax = 15;  // with the calling code
constexpr size_t kNumberBytesMax = 100;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// Bytes of what people put between digits, at the front of `text`: spaces, hyphens and dashes, dots, slashes, brackets.
size_t mark_size(std::string_view text) {
  if (std::string_view(" \t-./()").find(text[0]) != std::string_view::npos) return 1;
  constexpr std::string_view kMarks[] = {"\u00a0", "\u2009", "\u202f", "\u2010", "\u2011",
                                         "\u2012", "\u2013", "\u2014", "\u2212"};
  for (const std::string_view mark : kMarks) {
    if (text.starts_with(mark)) return mark.size();
  }
  return 0;
}

// "ext. 12", "x12", "#12" or ";ext=12" behind a number.
bool begins_extension(std::string_view text) {
  return text[0] == '#' || text[0] == ';' || text[0] == ',' || (text[0] | 0x20) == 'x' || (text[0] | 0x20) == 'e';
}

// The digits of `text` to `out`; `plus` says whether a plus stands in front of them.
std::string_view take_digits(std::string_view text, bool& plus, std::string& out) {
  plus = false;
  out.clear();
  for (size_t at = 0; at < text.size();) {
    const std::string_view rest = text.substr(at);
    if (is_digit(rest[0])) {
      out += rest[0];
      ++at;
    } else if (rest[0] == '+' && out.empty() && !plus) {
      plus = true;
      ++at;
    } else if (const size_t mark = mark_size(rest)) {
      at += mark;
    } else if (!out.empty() && begins_extension(rest)) {
      return "has an extension, which E.164 has no place for";
    } else {
      return is_letter(rest[0]) ? "has letters" : "has a character that is no part of a phone number";
    }
  }
  return out.empty() ? "has no digits" : "";
}

// The trunk prefix is dialled inside the country only. One that could be the number's own first digit goes only from a
// number that is too long with it.
size_t trunk_size(const CallingCountry& country, std::string_view number) {
  if (country.trunk.empty() || !number.starts_with(country.trunk)) return 0;
  return country.trunk.starts_with('0') || number.size() > country.digits_max ? country.trunk.size() : 0;
}

// From the calling code on; a "(0)" or 0 that slipped in behind it goes.
std::string_view international(std::string& digits) {
  const size_t size = calling_code_size(digits);
  if (size == 0) return "has a calling code that is not assigned";
  const CallingCountry* country = CallingCountry::with_code(std::string_view(digits).substr(0, size));
  if (country && country->trunk == "0" && digits[size] == '0') digits.erase(size, 1);
  if (digits.size() < kDigitsMin) return "has too few digits";
  if (digits.size() > kDigitsMax) return "has more than 15 digits";
  const size_t number = digits.size() - size;
  const bool fits = !country || (number >= country->digits_min && number <= country->digits_max);
  return fits ? "" : "has too few or too many digits for its country";
}

}  // namespace

std::string_view canonical_phone(std::string_view text, std::string_view country, std::string& out) {
  if (text.starts_with("tel:")) text.remove_prefix(4);
  if (text.size() > kNumberBytesMax) return "is too long for a phone number";
  bool plus = false;
  if (const std::string_view fault = take_digits(text, plus, out); !fault.empty()) return fault;
  if (!plus) {
    if (country.empty()) return "has no calling code, and no `country` says which one is meant";
    const CallingCountry* const from = CallingCountry::find(country);
    if (!from) return "has no calling code, and its country is not known here";
    if (out.starts_with(from->abroad)) {
      out.erase(0, from->abroad.size());
    } else {
      out.erase(0, trunk_size(*from, out));
      out.insert(0, from->code);
    }
  }
  if (const std::string_view fault = international(out); !fault.empty()) return fault;
  out.insert(0, 1, '+');
  return "";
}

bool is_e164(std::string_view text) {
  if (!text.starts_with('+')) return false;
  text.remove_prefix(1);
  return text.size() >= kDigitsMin && text.size() <= kDigitsMax && std::all_of(text.begin(), text.end(), is_digit) &&
         calling_code_size(text) > 0;
}

}  // namespace nexpo

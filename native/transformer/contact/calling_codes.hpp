// CallingCodes: how countries write phone numbers among themselves.
#pragma once

#include <cstddef>
#include <string_view>

namespace nexpo {

/// What is checked of a country's numbers, and no more: whole numbering plans change every month.
struct CallingCountry {
  std::string_view country;  ///< ISO 3166-1 alpha-2
  std::string_view code;     ///< calling code, without plus
  std::string_view trunk;  ///< dialled in front of a number inside the country, and no part of it: "0", "1", "8", "06"
  std::string_view abroad = "00";  ///< dialled in front of a calling code
  /// Digits behind the calling code; where the plan has many lengths, the bounds of E.164.
  size_t digits_min = 4, digits_max = 14;

  /// By its code in any case, or null.
  static const CallingCountry* find(std::string_view country);
  /// One that has the calling code, or null. Countries with one code have one trunk prefix.
  static const CallingCountry* with_code(std::string_view code);
};

/// Digits of the calling code that `digits` begins with, 1 to 3, or 0 if the ITU has given none such.
size_t calling_code_size(std::string_view digits);

}  // namespace nexpo

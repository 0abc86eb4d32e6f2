// How doubles are read and written.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace nexpo::cel {

constexpr size_t kDoubleTextMax = 32;

/// The shortest text that reads back as the same number: "0.1", "1000000", from 1e21 on and below 1e-6 with an
/// exponent, "NaN", "Infinity", "-Infinity". Gives the size, at most kDoubleTextMax.
size_t write_double(double number, char* place);
/// A decimal number with or without an exponent, and in any case "nan", "inf" and "infinity" with or without a sign.
/// Too small ones are 0. Nothing for anything else, too great ones included.
std::optional<double> read_double(std::string_view text);

}  // namespace nexpo::cel

// How an expression that cannot be compiled is refused.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "base/error.hpp"

namespace nexpo::cel {

/// Column 1 is the first character of the text.
[[noreturn]] inline void refuse(uint32_t column, std::string_view reason, std::string_view fix) {
  throw Error(ErrorKind::invalid, fmt::format("column {}: {}; {}", column, reason, fix));
}

}  // namespace nexpo::cel

// HTTP dates: "Sun, 06 Nov 1994 08:49:37 GMT" and the two older spellings that receivers have to take (RFC
// 9110, 5.6.7).
#pragma once

#include <optional>
#include <string_view>

#include "base/clock.hpp"

namespace nexpo::http {

/// Nothing if `text` is not such a date.
std::optional<Time> parse_http_date(std::string_view text);

}  // namespace nexpo::http

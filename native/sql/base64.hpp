// Base64 (RFC 4648, section 4): how the bytes of binary columns travel in text cells.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace nexpo::sql {

std::string to_base64(std::string_view bytes);
/// Null if `text` is not padded base64 without line breaks.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace nexpo::sql

// Base64 (RFC 4648): the standard alphabet with padding, and the URL-safe one without.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace nexpo {

std::string base64_encode(std::string_view bytes);
/// Strict: nothing if there is a character of another alphabet, white space, or wrong padding.
std::optional<std::string> base64_decode(std::string_view text);

/// For tokens and names: '-' and '_' in place of '+' and '/', no padding.
std::string base64url_encode(std::string_view bytes);
std::optional<std::string> base64url_decode(std::string_view text);

}  // namespace nexpo

// Email: the canonical spelling of an address.
#pragma once

#include <string>
#include <string_view>

namespace nexpo {

/// Checks `text`, without the white space around it, by the characters of HTML's input field and the lengths and dots
/// of RFC 5321, and writes it to `out` with the domain in lower case. What stands in front of the @ is left as it is.
/// Gives what is wrong, or "". Whether anybody reads mail there nobody can tell from the text.
std::string_view canonical_email(std::string_view text, std::string& out);

}  // namespace nexpo

// Phone: numbers in the international form of E.164.
#pragma once

#include <string>
#include <string_view>

namespace nexpo {

/// Writes the number that `text` spells to `out` as "+4930123456". `country` (ISO 3166-1, or "") is where a text
/// without calling code was written. Gives what is wrong, or "". Checked are the characters, that the calling code is
/// assigned, that the whole has at most 15 digits, and the number of digits where a country has one length; not whether
/// the number is in use or could be. Extensions are refused: E.164 has no place for them.
std::string_view canonical_phone(std::string_view text, std::string_view country, std::string& out);

/// "+" and 5 to 15 digits that begin with an assigned calling code.
bool is_e164(std::string_view text);

}  // namespace nexpo

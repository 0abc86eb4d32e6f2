// Characters: counts and cuts texts by what a system counts, and never cuts a character in two.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "record/utf8.hpp"

namespace nexpo {

/// What a limit counts: Unicode code points (PostgreSQL), UTF-16 units (Salesforce, JavaScript), or bytes of UTF-8.
enum class TextUnit : uint8_t { code_points, utf16, bytes };

/// Bytes of the character at `text[at]`; a byte that is not UTF-8 counts as one character.
inline size_t character_size(std::string_view text, size_t at) {
  if (static_cast<unsigned char>(text[at]) < 0x80) return 1;
  const size_t size = utf8_size(text, at);
  return size == 0 ? 1 : size;
}

size_t count_characters(std::string_view text);
/// Byte offset behind the first `count` characters.
size_t offset_of_character(std::string_view text, size_t count);

size_t count_units(std::string_view text, TextUnit unit);
/// Byte offset behind as many characters as `units_max` allows.
size_t offset_of_limit(std::string_view text, TextUnit unit, size_t units_max);

}  // namespace nexpo

// UTF-8 by character.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace nexpo {

bool is_utf8(std::string_view text);

/// Bytes of the character at `text[at]`, 1 to 4, or 0 if the bytes there are not well-formed UTF-8 (overlong forms,
/// surrogates and values above U+10FFFF are not).
size_t utf8_size(std::string_view text, size_t at);

/// Bytes that the first byte of a character announces. For text that is known to be UTF-8.
inline size_t utf8_size_of_lead(char lead) {
  const auto byte = static_cast<unsigned char>(lead);
  return byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
}

/// Writes `code` to `place` (up to 4 bytes) and gives the number of bytes.
size_t write_utf8(char32_t code, char* place);

/// The character at `text[at]`, whose size is known to be `size`.
char32_t read_utf8(std::string_view text, size_t at, size_t size);

}  // namespace nexpo

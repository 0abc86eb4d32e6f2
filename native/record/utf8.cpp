#include "record/utf8.hpp"

#include <simdjson.h>

namespace nexpo {

bool is_utf8(std::string_view text) { return simdjson::validate_utf8(text.data(), text.size()); }

size_t utf8_size(std::string_view text, size_t at) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[at + i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return 1;
  const size_t size = lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 0;
  if (size == 0 || text.size() - at < size) return 0;
  for (size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
  }
  const bool overlong = (lead == 0xE0 && byte(1) < 0xA0) || (lead == 0xF0 && byte(1) < 0x90);
  const bool surrogate = lead == 0xED && byte(1) >= 0xA0;
  const bool too_large = lead == 0xF4 && byte(1) >= 0x90;
  return overlong || surrogate || too_large ? 0 : size;
}

size_t write_utf8(char32_t code, char* place) {
  const auto tail = [&](int shift) { return static_cast<char>(0x80 | ((code >> shift) & 0x3F)); };
  if (code < 0x80) {
    place[0] = static_cast<char>(code);
    return 1;
  }
  if (code < 0x800) {
    place[0] = static_cast<char>(0xC0 | (code >> 6));
    place[1] = tail(0);
    return 2;
  }
  if (code < 0x10000) {
    place[0] = static_cast<char>(0xE0 | (code >> 12));
    place[1] = tail(6);
    place[2] = tail(0);
    return 3;
  }
  place[0] = static_cast<char>(0xF0 | (code >> 18));
  place[1] = tail(12);
  place[2] = tail(6);
  place[3] = tail(0);
  return 4;
}

char32_t read_utf8(std::string_view text, size_t at, size_t size) {
  const auto byte = [&](size_t i) { return static_cast<char32_t>(static_cast<unsigned char>(text[at + i])); };
  switch (size) {
    case 1: return byte(0);
    case 2: return (byte(0) & 0x1F) << 6 | (byte(1) & 0x3F);
    case 3: return (byte(0) & 0x0F) << 12 | (byte(1) & 0x3F) << 6 | (byte(2) & 0x3F);
    default: return (byte(0) & 0x07) << 18 | (byte(1) & 0x3F) << 12 | (byte(2) & 0x3F) << 6 | (byte(3) & 0x3F);
  }
}

}  // namespace nexpo

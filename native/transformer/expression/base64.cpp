#include "transformer/expression/base64.hpp"

#include <cstdint>

namespace nexpo::cel {
namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

}  // namespace

size_t write_base64(std::string_view bytes, char* place) {
  const auto byte = [&](size_t i) { return i < bytes.size() ? uint32_t{static_cast<unsigned char>(bytes[i])} : 0; };
  char* at = place;
  for (size_t i = 0; i < bytes.size(); i += 3) {
    const uint32_t three = byte(i) << 16 | byte(i + 1) << 8 | byte(i + 2);
    *at++ = kAlphabet[three >> 18];
    *at++ = kAlphabet[three >> 12 & 63];
    *at++ = i + 1 < bytes.size() ? kAlphabet[three >> 6 & 63] : '=';
    *at++ = i + 2 < bytes.size() ? kAlphabet[three & 63] : '=';
  }
  return static_cast<size_t>(at - place);
}

std::optional<size_t> read_base64(std::string_view text, char* place) {
  if (text.size() % 4 == 0) {
    for (int i = 0; i < 2 && text.ends_with('='); ++i) text.remove_suffix(1);
  }
  if (text.size() % 4 == 1) return std::nullopt;
  char* at = place;
  uint32_t bits = 0, count = 0;
  for (const char c : text) {
    const size_t value = c == '\0' ? std::string_view::npos : kAlphabet.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    bits = bits << 6 | static_cast<uint32_t>(value);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    *at++ = static_cast<char>(bits >> count & 0xFF);
  }
  return static_cast<size_t>(at - place);
}

}  // namespace nexpo::cel

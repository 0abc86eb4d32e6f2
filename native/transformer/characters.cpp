#include "transformer/characters.hpp"

#include "record/byte_block.hpp"

namespace nexpo {
namespace {

size_t cost(TextUnit unit, size_t character_bytes) {
  switch (unit) {
    case TextUnit::code_points: return 1;
    case TextUnit::utf16: return character_bytes == 4 ? 2 : 1;
    case TextUnit::bytes: return character_bytes;
  }
  return 1;
}

}  // namespace

size_t count_characters(std::string_view text) { return count_units(text, TextUnit::code_points); }

size_t offset_of_character(std::string_view text, size_t count) {
  size_t at = 0;
  for (; count > 0 && at < text.size(); --count) at += character_size(text, at);
  return at;
}

size_t count_units(std::string_view text, TextUnit unit) {
  if (unit == TextUnit::bytes) return text.size();
  size_t units = 0;
  for (size_t at = 0; at < text.size();) {
    const size_t size = character_size(text, at);
    units += cost(unit, size);
    at += size;
  }
  return units;
}

// Blocks of ASCII, where all units are the same, count whole.
size_t offset_of_limit(std::string_view text, TextUnit unit, size_t units_max) {
  size_t at = 0;
  for (size_t left = units_max; at < text.size();) {
    const bool whole_block = left >= ByteBlock::kBytes && text.size() - at >= ByteBlock::kBytes;
    if (whole_block && !ByteBlock::load(text.data() + at).high().any()) {
      at += ByteBlock::kBytes;
      left -= ByteBlock::kBytes;
      continue;
    }
    const size_t size = character_size(text, at);
    const size_t units = cost(unit, size);
    if (units > left) break;
    left -= units;
    at += size;
  }
  return at;
}

}  // namespace nexpo

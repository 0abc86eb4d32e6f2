// Positions in a text, counted in characters.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "record/utf8.hpp"
#include "transformer/expression/access.hpp"
#include "transformer/expression/run.hpp"

namespace nexpo::cel {

/// The byte where character `position` begins; the end of the text has a position too. Nothing beyond it.
inline std::optional<size_t> byte_of(Run& run, std::string_view text, int64_t position) {
  if (position < 0) return std::nullopt;
  size_t at = 0;
  for (; position > 0 && at < text.size(); --position) at += utf8_size_of_lead(text[at]);
  run.charge_bytes(at);
  return position == 0 ? std::optional(at) : std::nullopt;
}

inline int64_t count_characters(std::string_view text) {
  int64_t count = 0;
  for (const char c : text) count += (static_cast<unsigned char>(c) & 0xC0) != 0x80 ? 1 : 0;
  return count;
}

}  // namespace nexpo::cel

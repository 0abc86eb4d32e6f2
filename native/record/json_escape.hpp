// The inside of JSON strings and the shape of JSON numbers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace nexpo {

struct Unescaped {
  size_t size = 0;
  std::string_view fault = {};  ///< empty if all is well
  size_t fault_at = 0;          ///< byte of `raw`
  bool half_pair = false;       ///< the fault is half of a surrogate pair: sound JSON that no Unicode text can hold
};

enum class HalfPairs : uint8_t {
  refuse,
  replace,  ///< by U+FFFD
};

/// Resolves the escapes of `raw`, which is the inside of a JSON string. Writes to `place`, never more than raw.size()
/// bytes, or only checks if `place` is null.
Unescaped unescape_json(std::string_view raw, char* place, HalfPairs half_pairs = HalfPairs::refuse);

/// Whether `text` is a number by the JSON grammar: no plus sign, no leading zero, no bare point, no NaN.
bool is_json_number(std::string_view text);

}  // namespace nexpo

// Record ids: 15 characters in which case matters, or 18, the same with a checksum that makes case recoverable.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "base/arena.hpp"

namespace nexpo::salesforce {

constexpr size_t kShortIdChars = 15;
constexpr size_t kLongIdChars = 18;

/// The last three characters of the long form. Each stands for a group of five: bit i is set when the i-th character
/// of the group is A-Z, and the number picks from "A".."Z","0".."5". `first` has at least 15 characters.
std::array<char, 3> id_checksum(std::string_view first);

/// Letters and digits, 15 of them, or 18 with the right checksum.
bool is_id(std::string_view text);

/// The long form of an id. Throws Error{invalid} if `text` is none.
std::string normal_id(std::string_view text);

/// As above without a throw, for keys that may be anything: what is no id comes back as it is. The view is `text`
/// itself or lives in `arena`.
std::string_view normal_id_or_same(std::string_view text, Arena& arena);

}  // namespace nexpo::salesforce

// Ids of records: 18 characters made of a number, and back. The same as in ../data/ids.mjs.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace bench {

constexpr size_t kIdChars = 18;
constexpr std::string_view kSourceIds = "0015e00000";  ///< first ten characters of ids in the source org
constexpr std::string_view kTargetIds = "0015f00000";  ///< of ids that the target org gives
constexpr std::string_view kJobIds = "7505e00000";

/// Writes the id of record `index` (below 62^5) over the kIdChars at `at`.
void write_id(char* at, std::string_view prefix, size_t index);

/// The record that an id of 15 or 18 characters belongs to, or nothing if it is none of ours.
std::optional<size_t> index_of(std::string_view id, std::string_view prefix);

}  // namespace bench

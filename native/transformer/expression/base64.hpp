// Base64, the standard alphabet.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace nexpo::cel {

constexpr size_t base64_size(size_t bytes) { return (bytes + 2) / 3 * 4; }
/// Writes base64_size(bytes.size()) characters, padding included, and gives their number.
size_t write_base64(std::string_view bytes, char* place);
/// Reads with or without padding, never more than text.size() bytes. Nothing if it is no base64.
std::optional<size_t> read_base64(std::string_view text, char* place);

}  // namespace nexpo::cel

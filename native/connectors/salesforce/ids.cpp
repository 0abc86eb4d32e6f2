#include "connectors/salesforce/ids.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.hpp"

namespace nexpo::salesforce {

namespace {

constexpr std::string_view kChecksumDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";
constexpr size_t kGroupChars = 5;

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_alphanumeric(char c) { return is_upper(c) || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

}  // namespace

std::array<char, 3> id_checksum(std::string_view first) {
  std::array<char, 3> checksum{};
  for (size_t group = 0; group < checksum.size(); ++group) {
    size_t bits = 0;
    for (size_t i = 0; i < kGroupChars; ++i) {
      if (is_upper(first[group * kGroupChars + i])) bits |= size_t{1} << i;
    }
    checksum[group] = kChecksumDigits[bits];
  }
  return checksum;
}

bool is_id(std::string_view text) {
  if (text.size() != kShortIdChars && text.size() != kLongIdChars) return false;
  if (!std::all_of(text.begin(), text.end(), is_alphanumeric)) return false;
  if (text.size() == kShortIdChars) return true;
  const std::array<char, 3> checksum = id_checksum(text);
  return text.substr(kShortIdChars) == std::string_view(checksum.data(), checksum.size());
}

std::string normal_id(std::string_view text) {
  if (!is_id(text)) {
    throw Error(ErrorKind::invalid, fmt::format("\"{}\" is not a Salesforce id (15 or 18 letters and digits)", text))
        .with_code("MALFORMED_ID");
  }
  std::string id(text.substr(0, kShortIdChars));
  const std::array<char, 3> checksum = id_checksum(text);
  return id.append(checksum.data(), checksum.size());
}

std::string_view normal_id_or_same(std::string_view text, Arena& arena) {
  if (text.size() != kShortIdChars || !is_id(text)) return text;
  char* place = arena.allocate(kLongIdChars);
  const std::array<char, 3> checksum = id_checksum(text);
  std::copy(text.begin(), text.end(), place);
  std::copy(checksum.begin(), checksum.end(), place + kShortIdChars);
  return {place, kLongIdChars};
}

}  // namespace nexpo::salesforce

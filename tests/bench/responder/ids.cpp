#include "responder/ids.hpp"

#include <array>
#include <cstring>

namespace bench {

namespace {

constexpr std::string_view kDigits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr std::string_view kSuffixes = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";
constexpr size_t kGroup = 5;

constexpr std::array<int, 256> digit_values() {
  std::array<int, 256> values{};
  for (int& value : values) value = -1;
  for (size_t i = 0; i < kDigits.size(); ++i) values[static_cast<unsigned char>(kDigits[i])] = static_cast<int>(i);
  return values;
}
constexpr std::array<int, 256> kValues = digit_values();

char suffix_of(const char* group) {
  unsigned capitals = 0;
  for (size_t i = 0; i < kGroup; ++i) capitals |= (group[i] >= 'A' && group[i] <= 'Z') ? 1u << i : 0u;
  return kSuffixes[capitals];
}

}  // namespace

void write_id(char* at, std::string_view prefix, size_t index) {
  std::memcpy(at, prefix.data(), prefix.size());
  for (size_t i = 3 * kGroup; i > prefix.size(); --i, index /= kDigits.size())
    at[i - 1] = kDigits[index % kDigits.size()];
  for (size_t group = 0; group < 3; ++group) at[3 * kGroup + group] = suffix_of(at + group * kGroup);
}

std::optional<size_t> index_of(std::string_view id, std::string_view prefix) {
  if (id.size() < 3 * kGroup || !id.starts_with(prefix)) return {};
  size_t index = 0;
  for (size_t i = prefix.size(); i < 3 * kGroup; ++i) {
    const int value = kValues[static_cast<unsigned char>(id[i])];
    if (value < 0) return {};
    index = index * kDigits.size() + static_cast<size_t>(value);
  }
  return index;
}

}  // namespace bench

// KeyIndex: the keys of one page, for finding repeats without an allocation per key.
#pragma once

#include <bit>
#include <optional>
#include <string_view>
#include <vector>

#include <xxhash.h>

namespace nexpo {

/// Open addressing at half load. Keys are borrowed.
class KeyIndex {
 public:
  explicit KeyIndex(size_t keys_max) : entries_(std::bit_ceil(2 * keys_max + 2)) {}

  /// Notes that `key` stands at `place`, and gives where it stood before, if it did.
  std::optional<size_t> put(std::string_view key, size_t place) {
    Entry& entry = find(key);
    const std::optional<size_t> before = entry.used ? std::optional(entry.place) : std::nullopt;
    entry = {key, place, true};
    return before;
  }
  /// Notes that `key` stands at `place` unless it stands somewhere already, and gives where.
  std::optional<size_t> put_new(std::string_view key, size_t place) {
    Entry& entry = find(key);
    if (entry.used) return entry.place;
    entry = {key, place, true};
    return std::nullopt;
  }
  std::optional<size_t> place_of(std::string_view key) const {
    const Entry& entry = const_cast<KeyIndex*>(this)->find(key);
    return entry.used ? std::optional(entry.place) : std::nullopt;
  }
  bool contains(std::string_view key) const { return place_of(key).has_value(); }

 private:
  struct Entry {
    std::string_view key;
    size_t place = 0;
    bool used = false;
  };

  Entry& find(std::string_view key) {
    const size_t mask = entries_.size() - 1;
    size_t at = XXH3_64bits(key.data(), key.size()) & mask;
    while (entries_[at].used && entries_[at].key != key) at = (at + 1) & mask;
    return entries_[at];
  }

  std::vector<Entry> entries_;
};

}  // namespace nexpo

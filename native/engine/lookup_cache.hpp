// LookupCache: answers of one lookup, for as long as they hold.
#pragma once

#include <list>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/clock.hpp"
#include "record/value.hpp"

namespace nexpo {

/// What a key led to.
struct FoundRecord {
  enum class State : uint8_t { found, missing, ambiguous };
  State state = State::missing;
  ValueKind kind = ValueKind::null;  ///< of the value, if it was found
  std::string text;
};

/// Memory that one lookup may keep its answers in; those that were not used for longest go.
constexpr size_t kLookupCacheBytesMax = 64 * 1024 * 1024;

/// Loop thread only.
class LookupCache {
 public:
  explicit LookupCache(size_t bytes_max = kLookupCacheBytesMax) : bytes_max_(bytes_max) {}

  /// Null if it is not there or holds no more. Valid until the next put().
  const FoundRecord* find(std::string_view key, Steady now) {
    const auto found = places_.find(key);
    if (found == places_.end()) return nullptr;
    if (found->second->until <= now) {
      drop(found->second);
      return nullptr;
    }
    items_.splice(items_.begin(), items_, found->second);
    return &found->second->record;
  }

  void put(const std::string& key, FoundRecord record, Steady until) {
    if (const auto known = places_.find(key); known != places_.end()) drop(known->second);
    items_.push_front({key, std::move(record), until});
    places_.emplace(items_.front().key, items_.begin());
    bytes_ += bytes_of(items_.front());
    while (bytes_ > bytes_max_ && items_.size() > 1) drop(std::prev(items_.end()));
  }

  size_t size() const { return items_.size(); }

 private:
  struct Item {
    std::string key;
    FoundRecord record;
    Steady until;
  };
  using Place = std::list<Item>::iterator;

  static size_t bytes_of(const Item& item) {
    constexpr size_t kPerItem = 160;  // node, index and the two texts' heads
    return kPerItem + item.key.capacity() + item.record.text.capacity();
  }
  void drop(Place place) {
    bytes_ -= bytes_of(*place);
    places_.erase(place->key);
    items_.erase(place);
  }

  size_t bytes_max_;
  size_t bytes_ = 0;
  std::list<Item> items_;  ///< the one that was used last first
  std::unordered_map<std::string_view, Place> places_;
};

}  // namespace nexpo

// PageKeys: which records a page holds, so that a later page of the same record can wait for it.
#pragma once

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "record/key_index.hpp"

namespace nexpo {

/// Borrows the keys' bytes, which live as long as the page. Pages mostly lie apart in the order of keys, which two
/// comparisons show; only pages that do not are looked at key by key.
class PageKeys {
 public:
  explicit PageKeys(std::vector<std::string_view> keys) : keys_(std::move(keys)), range_(range_of(keys_)) {}

  bool overlap(const PageKeys& other) {
    if (keys_.empty() || other.keys_.empty()) return false;
    if (other.range_.second < range_.first || other.range_.first > range_.second) return false;
    if (!index_) {
      index_.emplace(keys_.size());
      for (size_t row = 0; row < keys_.size(); ++row) index_->put(keys_[row], row);
    }
    return std::any_of(other.keys_.begin(), other.keys_.end(),
                       [&](std::string_view key) { return index_->contains(key); });
  }

 private:
  using Range = std::pair<std::string_view, std::string_view>;

  static Range range_of(const std::vector<std::string_view>& keys) {
    if (keys.empty()) return {};
    const auto [first, last] = std::minmax_element(keys.begin(), keys.end());
    return {*first, *last};
  }

  std::vector<std::string_view> keys_;
  Range range_;
  std::optional<KeyIndex> index_;  ///< once it was needed
};

}  // namespace nexpo

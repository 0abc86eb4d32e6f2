// ValueSet: texts that a value may be.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "record/key_index.hpp"

namespace nexpo {

/// Thread-safe to read once it is filled.
class ValueSet {
 public:
  ValueSet() : index_(0) {}
  explicit ValueSet(std::vector<std::string> values) : index_(0) { fill(std::move(values)); }
  ValueSet(const ValueSet&) = delete;
  ValueSet& operator=(const ValueSet&) = delete;

  /// `separator`, if it is not 0, stands between several values of one text, as in a multi-select picklist.
  void fill(std::vector<std::string> values, char separator = 0) {
    values_ = std::move(values);
    separator_ = separator;
    index_ = KeyIndex(values_.size());
    for (size_t i = 0; i < values_.size(); ++i) index_.put(values_[i], i);
    filled_ = true;
  }
  bool is_filled() const { return filled_; }
  bool has(std::string_view value) const {
    for (size_t end = split(value); end != std::string_view::npos; end = split(value)) {
      if (!index_.contains(value.substr(0, end))) return false;
      value.remove_prefix(end + 1);
    }
    return index_.contains(value);
  }

 private:
  size_t split(std::string_view value) const {
    return separator_ == 0 ? std::string_view::npos : value.find(separator_);
  }

  std::vector<std::string> values_;
  KeyIndex index_;  ///< borrows from values_
  char separator_ = 0;
  bool filled_ = false;
};

}  // namespace nexpo

// Params: reads one JSON object of a mapping, and reports what is wrong with it.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "transformer/faults.hpp"

namespace nexpo {

/// Every getter marks its key as known; finish() reports the others. A wrong type is reported, and the fallback given.
/// Borrows all it is made of.
class Params {
 public:
  /// Reports if `json` is neither an object nor `true` (which stands for an object without members).
  Params(const nlohmann::json& json, std::string at, Faults& faults);

  const std::string& at() const { return at_; }
  std::string at(std::string_view key) const { return at_ + "." + std::string(key); }
  Faults& faults() { return faults_; }
  bool has(std::string_view key) const;
  /// The raw member, or null if there is none.
  const nlohmann::json* find(std::string_view key);

  /// The members of `key`.
  Params options(std::string_view key);
  /// Reports if it is missing or empty.
  std::string required_text(std::string_view key, std::string_view fix);
  std::string text(std::string_view key, std::string_view fallback);
  bool flag(std::string_view key, bool fallback);
  std::optional<int64_t> integer(std::string_view key, int64_t min, int64_t max);
  /// One of `choices`, the first of which is the fallback.
  std::string_view choice(std::string_view key, std::initializer_list<std::string_view> choices);
  /// A text or a list of texts.
  std::vector<std::string> texts(std::string_view key);

  /// Reports keys that no getter asked for.
  void finish();

 private:
  const nlohmann::json& json_;
  std::string at_;
  Faults& faults_;
  std::vector<std::string_view> known_;
};

}  // namespace nexpo

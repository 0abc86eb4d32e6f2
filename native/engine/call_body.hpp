// CallBody: the members of a method's body, taken with checks.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace nexpo {

/// Every fault is Error{invalid} that names the member and says what it must be.
class CallBody {
 public:
  /// Borrows.
  explicit CallBody(const nlohmann::json& body) : body_(body) {}

  /// Not empty.
  std::string text(const char* name) const;
  std::optional<std::string> optional_text(const char* name) const;
  bool flag(const char* name) const;
  /// Required unless there is a fallback.
  int64_t integer(const char* name, int64_t min, int64_t max, std::optional<int64_t> fallback = {}) const;
  /// At least one name; the first of several that are the same.
  std::vector<std::string> names(const char* name) const;

 private:
  const nlohmann::json* find(const char* name) const;

  const nlohmann::json& body_;
};

}  // namespace nexpo

// Names of tables and columns as SQL text.
#pragma once

#include <string>
#include <string_view>

namespace nexpo::sql {

/// `name` in double quotes, as both SQLite and PostgreSQL read it: case is kept, any character is allowed.
inline std::string quoted(std::string_view name) {
  std::string out = "\"";
  for (char c : name) {
    if (c == '"') out += '"';
    out += c;
  }
  return out += '"';
}

}  // namespace nexpo::sql

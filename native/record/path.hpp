// Path: how a field is named inside a record, for example `Owner.Name`, `lines[0].sku`, `tags[*].id`, `"odd key".b`.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace nexpo {

struct PathStep {
  enum class Kind : uint8_t {
    name,   ///< member of an object
    index,  ///< element of an array, from 0
    every,  ///< all elements of an array
  };
  Kind kind = Kind::name;
  std::string name;
  uint32_t index = 0;
  friend bool operator==(const PathStep&, const PathStep&) = default;
};

/// Begins with a name: records are objects.
using Path = std::vector<PathStep>;

/// Names are parted by dots. A name that holds `.`, `[`, `]` or a quote, or begins or ends with a space, stands in
/// double quotes, in which `\"` and `\\` are the only escapes. Throws Error{invalid} with the path and the place in it
/// that is wrong.
Path parse_path(std::string_view text);

/// What is wrong with `text` as a path, as parse_path() would say it, or "".
std::string path_fault(std::string_view text);

/// The names joined by dots if the path holds nothing but names, else "": how flat systems spell it as a column.
std::string column_name(const Path& path);

}  // namespace nexpo

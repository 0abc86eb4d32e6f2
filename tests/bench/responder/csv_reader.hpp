// CsvReader: the cells of a CSV text, row by row. Its own small one: the engine's must not check itself.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bench {

class CsvReader {
 public:
  explicit CsvReader(std::string_view text) : text_(text) {}

  /// The next row's cells, valid until the next call; false behind the last one.
  bool next(std::vector<std::string>& cells);

 private:
  std::string cell();

  std::string_view text_;
  size_t at_ = 0;
};

}  // namespace bench

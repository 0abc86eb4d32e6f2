// CsvScanner: cuts a stream of bytes into rows of cells.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "base/arena.hpp"

namespace nexpo {

/// Bytes are copied once, into blocks that the views of the cells point at; a block lives as long as someone keeps
/// memory(). The scan of a row goes on where it stopped, however the bytes are cut, so its cost is linear.
/// Errors are Error{invalid} and name the row, counted from 1 with the header.
class CsvScanner {
 public:
  CsvScanner(char delimiter, size_t cell_bytes_max) : delimiter_(delimiter), cell_bytes_max_(cell_bytes_max) {}

  /// Takes bytes. The row at hand moves along with them.
  void add(std::string_view bytes);
  /// Cuts the next row; false if its end is not there yet. `at_end`: no bytes follow, the line break may be missing.
  /// Blank lines are stepped over. The row before is given up by this.
  bool next_row(bool at_end);
  /// How the scan stopped, after next_row() gave false.
  bool inside_quotes() const { return cell_ < size_ && data_[cell_] == '"'; }

  struct Cell {
    uint32_t begin;  ///< from the start of the row
    uint32_t size;
    bool escaped;  ///< holds doubled quotes
  };
  const std::vector<Cell>& cells() const { return cells_; }
  /// Text of a cell of the row at hand, quotes resolved. Valid as long as memory().
  std::string_view text(size_t column) {
    Cell& cell = cells_[column];
    if (cell.escaped) undouble(cell);
    return {data_ + row_ + cell.begin, cell.size};
  }
  std::shared_ptr<const Arena> memory() const { return memory_; }
  size_t row_number() const { return row_number_; }

 private:
  enum class Scan { cell, row, more };

  bool take_quoted_cells();
  Scan scan_cell(bool at_end);
  Scan scan_plain(bool at_end);
  Scan scan_quoted(bool at_end);
  Scan close_quoted(size_t quote, bool at_end);
  Scan end_cell(size_t begin, size_t end, size_t next, Scan result);
  template <class Hits>
  size_t find(size_t from, Hits hits) const;
  size_t find_quote(size_t from) const;
  void push_cell(size_t begin, size_t end, bool escaped);
  void undouble(Cell& cell);
  void make_room(size_t bytes);
  bool skip_mark(bool at_end);
  [[noreturn]] void fail(std::string_view reason) const;

  char delimiter_;
  size_t cell_bytes_max_;
  std::shared_ptr<Arena> memory_;
  char* data_ = nullptr;
  size_t size_ = 0, capacity_ = 0;
  size_t row_ = 0;     ///< where the row begins
  size_t cell_ = 0;    ///< where the cell begins that is being scanned
  size_t search_ = 0;  ///< how far that cell has been scanned
  bool escaped_ = false;
  bool complete_ = false;  ///< the row at hand is whole
  bool started_ = false;   ///< the byte order mark has been dealt with
  size_t row_number_ = 0;
  std::vector<Cell> cells_;
};

}  // namespace nexpo

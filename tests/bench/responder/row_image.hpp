// RowImage: one form of the generated Accounts in memory, and any record made of it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

/// How the records have changed: every `step`-th one has `generation` and `stamp`, the others have generation `base`
/// and the stamp they began with. A step of 0 is none.
struct Change {
  size_t step = 0;
  int generation = 0;  ///< 0 to 9
  int base = 0;        ///< 0 to 9
  std::string stamp;   ///< "2026-11-24T10:00:00", UTC

  bool applies_to(size_t index) const { return step != 0 && index % step == 0; }
  char digit_of(size_t index) const { return static_cast<char>('0' + (applies_to(index) ? generation : base)); }
};

/// Record `index` is row `index % rows` with the id and, if it is changed, the generation and stamp put in: all of them
/// keep the row's length. Immutable once loaded.
class RowImage {
 public:
  /// Reads `path` and `path`.lengths (see ../data/accounts.mjs). Throws std::runtime_error that says what is wrong.
  explicit RowImage(const std::string& path);

  size_t rows() const { return rows_.size(); }
  size_t length(size_t index) const { return rows_[index % rows_.size()].length; }
  std::string_view row(size_t row) const { return {bytes_.data() + rows_[row].offset, rows_[row].length}; }
  /// Bytes of the records `from` (included) to `to`, one in `step`.
  uint64_t total_length(size_t from, size_t to, size_t step) const;

  void append(std::string& out, size_t index, const Change& change) const;

 private:
  struct Row {
    uint64_t offset = 0;
    uint32_t length = 0;
    uint16_t id = 0;          ///< offset of the id in the row
    uint16_t id_in_url = 0;   ///< of its second place, or kNowhere
    uint16_t generation = 0;  ///< of the digit
    uint16_t stamp = 0;       ///< of the time of the last change, or kNowhere
  };
  Row locate(std::string_view row, size_t index) const;

  std::string bytes_;
  std::vector<Row> rows_;
  std::vector<uint64_t> ends_;  ///< bytes of all rows up to and with this one
};

}  // namespace bench

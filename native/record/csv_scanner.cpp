#include "record/csv_scanner.hpp"

#include <fmt/format.h>

#include "base/error.hpp"
#include "record/byte_block.hpp"

namespace nexpo {
namespace {

constexpr size_t kBlockBytes = 256 * 1024;
constexpr size_t kMaskBytes = 64;        // that a mask of quotes covers
constexpr size_t kPadding = kMaskBytes;  // a block may be read this far behind its bytes, and holds zeros there
constexpr size_t kColumnsMax = 10'000;
constexpr size_t kRowBytesMax = 1024 * 1024 * 1024;  // places in a row have 32 bits
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// The places of quotes, one after the other. A mask of 64 bytes is made at once, so that finding one quote need not
// wait for the one before.
class QuoteMarks {
 public:
  QuoteMarks(const char* data, size_t from, size_t end) : data_(data), base_(from), end_(end), mask_(mask_at(from)) {}

  // The next place, or the end of the bytes.
  size_t take() {
    while (mask_ == 0) {
      base_ += kMaskBytes;
      if (base_ >= end_) return end_;
      mask_ = mask_at(base_);
    }
    const size_t place = base_ + static_cast<size_t>(std::countr_zero(mask_));
    mask_ &= mask_ - 1;
    return place;
  }

 private:
  uint64_t mask_at(size_t base) const {
    uint64_t mask = 0;
    for (size_t block = 0; block < kMaskBytes; block += ByteBlock::kBytes) {
      mask |= uint64_t{ByteBlock::load(data_ + base + block).equal('"').mask()} << block;
    }
    return mask;
  }

  const char* data_;
  size_t base_, end_;
  uint64_t mask_;
};

}  // namespace

void CsvScanner::fail(std::string_view reason) const {
  throw Error(ErrorKind::invalid, fmt::format("CSV row {}: {}", row_number_ + 1, reason));
}

void CsvScanner::add(std::string_view bytes) {
  if (size_ + bytes.size() > capacity_) make_room(bytes.size());
  std::memcpy(data_ + size_, bytes.data(), bytes.size());
  size_ += bytes.size();
  std::memset(data_ + size_, 0, kPadding);
}

// A new block, since others may point into this one. Only the row at hand comes along; room for its double keeps the
// cost of a row that arrives in many pieces linear.
void CsvScanner::make_room(size_t bytes) {
  const size_t pending = size_ - row_;
  if (pending > kRowBytesMax && !complete_) fail(fmt::format("it is larger than {} bytes", kRowBytesMax));
  const size_t capacity = std::max(kBlockBytes, 2 * pending + bytes);
  auto memory = std::make_shared<Arena>();
  char* data = memory->allocate(capacity + kPadding);
  if (pending > 0) std::memcpy(data, data_ + row_, pending);
  cell_ -= row_;
  search_ -= row_;
  row_ = 0;
  data_ = data;
  size_ = pending;
  capacity_ = capacity;
  memory_ = std::move(memory);
}

bool CsvScanner::skip_mark(bool at_end) {
  if (size_ < kByteOrderMark.size() && !at_end) return false;
  if (std::string_view(data_, size_).starts_with(kByteOrderMark)) row_ = cell_ = search_ = kByteOrderMark.size();
  started_ = true;
  return true;
}

// Place of the first hit, or the end of the bytes.
template <class Hits>
size_t CsvScanner::find(size_t from, Hits hits) const {
  for (size_t at = from; at < size_; at += ByteBlock::kBytes) {
    const size_t hit = hits(ByteBlock::load(data_ + at)).first();
    if (hit < ByteBlock::kBytes) return std::min(at + hit, size_);
  }
  return size_;
}

inline size_t CsvScanner::find_quote(size_t from) const {
  return find(from, [](ByteBlock block) { return block.equal('"'); });
}

inline void CsvScanner::push_cell(size_t begin, size_t end, bool escaped) {
  if (cells_.size() == kColumnsMax) fail(fmt::format("more than {} columns", kColumnsMax));
  cells_.push_back({static_cast<uint32_t>(begin - row_), static_cast<uint32_t>(end - begin), escaped});
}

// Takes quoted cells, the form that Bulk queries use, as long as they come whole. True at the end of the row. Whatever
// looks different is left to scan_cell(), which begins with the cell again.
bool CsvScanner::take_quoted_cells() {
  if (search_ != cell_ || cell_ >= size_ || data_[cell_] != '"') return false;
  QuoteMarks quotes(data_, cell_, size_);
  size_t cell = quotes.take();
  bool escaped = false;
  bool row_ends = false;
  while (!row_ends) {
    const size_t quote = quotes.take();
    if (quote >= size_ || quote - cell > cell_bytes_max_) break;
    const char next = data_[quote + 1];
    if (next == '"') {
      escaped = true;
      quotes.take();
      continue;
    }
    if (next != delimiter_ && next != '\n') break;
    push_cell(cell + 1, quote, escaped);
    escaped = false;
    row_ends = next == '\n';
    cell = quote + 2;
    if (!row_ends && (data_[cell] != '"' || quotes.take() >= size_)) break;
  }
  cell_ = search_ = cell;
  return row_ends;
}

bool CsvScanner::next_row(bool at_end) {
  if (!started_ && !skip_mark(at_end)) return false;
  if (complete_) {
    cells_.clear();
    row_ = cell_;
    complete_ = false;
  }
  for (;;) {
    const Scan scan = take_quoted_cells() ? Scan::row : scan_cell(at_end);
    if (scan == Scan::more) return false;
    if (scan == Scan::cell) continue;
    const bool blank = cells_.size() == 1 && cells_[0].size == 0 && cells_[0].begin == 0;
    if (!blank) break;
    cells_.clear();
    row_ = cell_;
  }
  complete_ = true;
  ++row_number_;
  return true;
}

CsvScanner::Scan CsvScanner::scan_cell(bool at_end) {
  if (cell_ < size_) return data_[cell_] == '"' ? scan_quoted(at_end) : scan_plain(at_end);
  if (at_end && !cells_.empty()) return end_cell(cell_, cell_, cell_, Scan::row);  // the text ends with a delimiter
  return Scan::more;
}

CsvScanner::Scan CsvScanner::scan_plain(bool at_end) {
  const size_t end = find(search_, [this](ByteBlock block) { return block.equal(delimiter_) | block.equal('\n'); });
  if (end == size_ && !at_end) {
    search_ = end;
    if (end - cell_ > cell_bytes_max_) fail(fmt::format("a cell is larger than {} bytes", cell_bytes_max_));
    return Scan::more;
  }
  const bool line_ends = end == size_ || data_[end] == '\n';
  const bool carriage_return = line_ends && end > cell_ && data_[end - 1] == '\r';
  return end_cell(cell_, carriage_return ? end - 1 : end, std::min(end + 1, size_), line_ends ? Scan::row : Scan::cell);
}

CsvScanner::Scan CsvScanner::scan_quoted(bool at_end) {
  search_ = std::max(search_, cell_ + 1);
  for (;;) {
    const size_t quote = find_quote(search_);
    search_ = quote;
    if (quote - cell_ > cell_bytes_max_) fail(fmt::format("a cell is larger than {} bytes", cell_bytes_max_));
    if (quote == size_) return Scan::more;
    if (quote + 1 == size_ || data_[quote + 1] != '"') return close_quoted(quote, at_end);
    escaped_ = true;
    search_ = quote + 2;
  }
}

// `quote` closes the cell, unless the bytes end here and the next one doubles it.
CsvScanner::Scan CsvScanner::close_quoted(size_t quote, bool at_end) {
  const size_t left = size_ - quote - 1;
  const char next = left > 0 ? data_[quote + 1] : '\0';
  if (left == 0 || (left == 1 && next == '\r')) {
    return at_end ? end_cell(cell_ + 1, quote, size_, Scan::row) : Scan::more;
  }
  if (next == delimiter_) return end_cell(cell_ + 1, quote, quote + 2, Scan::cell);
  if (next == '\n') return end_cell(cell_ + 1, quote, quote + 2, Scan::row);
  if (next == '\r' && data_[quote + 2] == '\n') return end_cell(cell_ + 1, quote, quote + 3, Scan::row);
  fail("a closing quote is followed by something else than a delimiter or a line break");
}

CsvScanner::Scan CsvScanner::end_cell(size_t begin, size_t end, size_t next, Scan result) {
  push_cell(begin, end, escaped_);
  escaped_ = false;
  cell_ = search_ = next;
  return result;
}

// Closes the gaps that the first of each two quotes leaves.
void CsvScanner::undouble(Cell& cell) {
  size_t from = row_ + cell.begin;
  size_t to = from;
  const size_t end = from + cell.size;
  while (from < end) {
    const size_t quote = std::min(find_quote(from), end);
    const size_t run = std::min(quote + 1, end) - from;
    if (to != from) std::memmove(data_ + to, data_ + from, run);
    to += run;
    from += run + 1;
  }
  cell.size = static_cast<uint32_t>(to - row_ - cell.begin);
  cell.escaped = false;
}

}  // namespace nexpo

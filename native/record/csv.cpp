#include "record/csv.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.hpp"
#include "record/csv_scanner.hpp"
#include "record/path.hpp"

namespace nexpo {
namespace {

constexpr int kNoColumn = -1;

bool same_ignoring_case(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

int column_of(const std::string& path, const std::vector<std::string>& header) {
  const std::string name = column_name(parse_path(path));
  for (size_t column = 0; column < header.size(); ++column) {
    if (same_ignoring_case(header[column], name)) return static_cast<int>(column);
  }
  return kNoColumn;
}

}  // namespace

struct CsvDecoder::State {
  State(Shape slots, Options options) : shape(std::move(slots)), scanner(options.delimiter, options.cell_bytes_max) {}

  // True if a data row is at hand; the header row is taken on the way.
  bool next_row(bool at_end) {
    if (ready) return true;
    if (!header_read) {
      if (!scanner.next_row(at_end)) return false;
      take_header();
    }
    ready = scanner.next_row(at_end);
    if (ready && scanner.cells().size() != header.size()) {
      throw Error(ErrorKind::invalid, fmt::format("CSV row {} has {} cells, the header has {}", scanner.row_number(),
                                                  scanner.cells().size(), header.size()));
    }
    return ready;
  }

  void take_header() {
    for (size_t column = 0; column < scanner.cells().size(); ++column) header.emplace_back(scanner.text(column));
    for (const std::string& path : *shape) columns.push_back(column_of(path, header));
    header_read = true;
  }

  void deliver(RecordBatch& batch) {
    const std::span<Value> row = batch.add({});
    for (size_t slot = 0; slot < columns.size(); ++slot) {
      if (columns[slot] == kNoColumn) continue;
      const std::string_view text = scanner.text(static_cast<size_t>(columns[slot]));
      row[slot] = text.empty() ? Value::null() : Value::text(text);
    }
    ready = false;
  }

  // The bytes may lie in several blocks only across calls: within one, all rows come out of the block at hand.
  void take_rows(RecordBatch& batch, size_t rows_max, bool at_end) {
    size_t taken = 0;
    while (taken < rows_max && next_row(at_end)) {
      deliver(batch);
      ++taken;
    }
    if (taken > 0) batch.arena()->keep(scanner.memory());
    if (taken == rows_max) next_row(at_end);
  }

  Shape shape;
  CsvScanner scanner;
  std::vector<std::string> header;
  std::vector<int> columns;  ///< by slot
  bool header_read = false;
  bool ready = false;  ///< the scanner holds a row that was not delivered yet
};

CsvDecoder::CsvDecoder(Shape shape, Options options) : state_(std::make_unique<State>(std::move(shape), options)) {}
CsvDecoder::~CsvDecoder() = default;

void CsvDecoder::feed(std::string_view bytes, RecordBatch& batch, size_t rows_max) {
  // A row at hand points into the block that new bytes may replace.
  if (!bytes.empty()) state_->scanner.add(bytes);
  state_->take_rows(batch, rows_max, false);
}

bool CsvDecoder::has_row() const { return state_->ready; }

void CsvDecoder::finish(RecordBatch& batch) {
  state_->take_rows(batch, std::numeric_limits<size_t>::max(), true);
  if (state_->scanner.inside_quotes()) {
    throw Error(ErrorKind::unavailable,
                fmt::format("the CSV text was cut inside a quoted cell of row {}", state_->scanner.row_number() + 1));
  }
}

const std::vector<std::string>& CsvDecoder::header() const { return state_->header; }

void append_csv_cell(std::string& out, std::string_view text, char delimiter) {
  const bool plain = std::none_of(text.begin(), text.end(),
                                  [&](char c) { return c == delimiter || c == '"' || c == '\n' || c == '\r'; });
  if (plain) {
    out += text;
    return;
  }
  out += '"';
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

}  // namespace nexpo

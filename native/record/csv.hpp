// CSV (RFC 4180) as a stream: 8-bit clean, any chunking, quoted line breaks, LF or CRLF.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "record/batch.hpp"

namespace nexpo {

/// Feeds on chunks and appends whole rows to batches. Cells become `text`; an empty cell becomes `null`, quoted or
/// not, as Salesforce cannot tell them apart. NUL bytes and invalid UTF-8 pass through untouched.
/// The header row is matched to the selection's top-level names without regard to case; columns that no path names
/// are skipped; a path that no column fits stays unset.
class CsvDecoder {
 public:
  struct Options {
    char delimiter = ',';
    size_t cell_bytes_max = 16 * 1024 * 1024;  ///< a longer cell is Error{invalid}
  };

  CsvDecoder(Shape shape, Options options);
  ~CsvDecoder();

  /// Takes the next bytes and moves the rows that are complete into `batch`, at most `rows_max` of them.
  /// What is left over is kept for the next call (which may be made with "" to take more rows).
  void feed(std::string_view bytes, RecordBatch& batch, size_t rows_max);
  /// True while a call with "" would give another whole row.
  bool has_row() const;
  /// The end of the input: the last row may lack its line break. Throws Error{unavailable} inside a quoted cell,
  /// since the body was cut.
  void finish(RecordBatch& batch);
  /// Names of the header row, once it was read.
  const std::vector<std::string>& header() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Appends one cell, quoted only if it must be.
void append_csv_cell(std::string& out, std::string_view text, char delimiter = ',');

}  // namespace nexpo

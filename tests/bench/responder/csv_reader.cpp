#include "responder/csv_reader.hpp"

#include <algorithm>

namespace bench {

bool CsvReader::next(std::vector<std::string>& cells) {
  cells.clear();
  if (at_ >= text_.size()) return false;
  for (;;) {
    cells.push_back(cell());
    const bool more = at_ < text_.size() && text_[at_] == ',';
    ++at_;
    if (!more) return true;
  }
}

/// Ends at the comma or line feed behind the cell, or at the end of the text.
std::string CsvReader::cell() {
  std::string value;
  if (at_ < text_.size() && text_[at_] == '"') {
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] == '"' && (at_ + 1 >= text_.size() || text_[++at_] != '"')) break;
      value += text_[at_];
    }
    if (at_ < text_.size() && text_[at_] == '"') ++at_;
    return value;
  }
  const size_t end = std::min(text_.find_first_of(",\n", at_), text_.size());
  value = text_.substr(at_, end - at_);
  at_ = end;
  return value;
}

}  // namespace bench

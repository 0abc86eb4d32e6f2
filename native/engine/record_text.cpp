#include "engine/record_text.hpp"

#include <algorithm>

namespace nexpo {

void RecordsText::add(const RecordBatch& rows, size_t row) {
  if (!writer_) writer_.emplace(JsonRowWriter::for_javascript(rows.shape()));
  if (size_++ > 0) text_ += ',';
  const size_t begin = text_.size();
  writer_->append(text_, rows.row(row));
  if (rows.head(row).op != RecordOp::remove) return;
  const auto slot = static_cast<size_t>(std::ranges::find(*rows.shape(), key_field_) - rows.shape()->begin());
  const bool has_key = slot < rows.slots() && rows.row(row)[slot].present();
  text_.pop_back();  // the brace
  if (text_.size() > begin + 1) text_ += ',';
  if (!has_key && !key_field_.empty()) {
    append_json_string(text_, key_field_);
    text_ += ':';
    append_json_string(text_, rows.head(row).key);
    text_ += ',';
  }
  text_ += R"("_deleted":true})";
}

std::string RecordsText::take() {
  text_ += ']';
  return std::move(text_);
}

}  // namespace nexpo

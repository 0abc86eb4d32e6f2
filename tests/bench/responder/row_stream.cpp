#include "responder/row_stream.hpp"

#include <utility>

namespace bench {

namespace {

constexpr size_t kPieceBytes = 192 * 1024;  // stays in the processor's cache between being made and being sent

}  // namespace

RowStream::RowStream(const RowImage& image, Change change, RowRange range, std::string before,
                     std::string_view separator, std::string after)
    : image_(image),
      change_(std::move(change)),
      range_(range),
      row_(range.from),
      before_(std::move(before)),
      separator_(separator),
      after_(std::move(after)) {
  const size_t rows = range.to > range.from ? range.to - range.from : 0;
  length_ =
      before_.size() + after_.size() + image.total_length(range.from * range.step, range.to * range.step, range.step);
  if (rows > 1) length_ += (rows - 1) * separator_.size();
}

bool RowStream::next(std::string& out) {
  if (row_ == range_.from) out += before_;
  for (; row_ < range_.to && out.size() < kPieceBytes; ++row_) {
    if (row_ > range_.from) out += separator_;
    image_.append(out, row_ * range_.step, change_);
  }
  if (row_ < range_.to) return true;
  out += after_;
  return false;
}

}  // namespace bench

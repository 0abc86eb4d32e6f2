#include "responder/row_image.hpp"

#include <cstring>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "responder/ids.hpp"

namespace bench {

namespace {

constexpr uint16_t kNowhere = 0xffff;
constexpr std::string_view kNumberMark = "AC-00";
constexpr size_t kGenerationAt = 12;  // in "AC-00000042-0"
constexpr std::string_view kFirstStamp = "2026-01-01T00:00:00";

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error(path + " cannot be read");
  std::ostringstream bytes;
  bytes << file.rdbuf();
  return std::move(bytes).str();
}

uint16_t place(size_t found) { return found == std::string_view::npos ? kNowhere : static_cast<uint16_t>(found); }

}  // namespace

RowImage::RowImage(const std::string& path) : bytes_(read_file(path)) {
  const std::string lengths = read_file(path + ".lengths");
  uint64_t offset = 0;
  for (size_t i = 0; i * sizeof(uint32_t) < lengths.size(); ++i) {
    uint32_t length = 0;
    std::memcpy(&length, lengths.data() + i * sizeof length, sizeof length);
    if (offset + length > bytes_.size()) throw std::runtime_error(path + " is shorter than its lengths say");
    Row row = locate({bytes_.data() + offset, length}, i);
    row.offset = offset;
    rows_.push_back(row);
    offset += length;
    ends_.push_back(offset);
  }
  if (rows_.empty()) throw std::runtime_error(path + " has no rows");
}

RowImage::Row RowImage::locate(std::string_view text, size_t index) const {
  std::string id(kIdChars, ' ');
  write_id(id.data(), kSourceIds, index);
  Row row;
  row.length = static_cast<uint32_t>(text.size());
  row.id = place(text.find(id));
  row.id_in_url = row.id == kNowhere ? kNowhere : place(text.find(id, row.id + kIdChars));
  const size_t number = text.find(kNumberMark);
  row.generation = place(number == std::string_view::npos ? number : number + kGenerationAt);
  row.stamp = place(text.find(kFirstStamp));
  if (row.id == kNowhere || row.generation == kNowhere) throw std::runtime_error("a row has no id or no number");
  return row;
}

uint64_t RowImage::total_length(size_t from, size_t to, size_t step) const {
  uint64_t total = 0;
  if (step != 1) {
    for (size_t index = from; index < to; index += step) total += length(index);
    return total;
  }
  const auto up_to = [this](size_t index) {
    const size_t rest = index % rows_.size();
    return index / rows_.size() * ends_.back() + (rest == 0 ? 0 : ends_[rest - 1]);
  };
  return from < to ? up_to(to) - up_to(from) : 0;
}

void RowImage::append(std::string& out, size_t index, const Change& change) const {
  const Row& row = rows_[index % rows_.size()];
  const size_t start = out.size();
  out.append(bytes_, row.offset, row.length);
  char* const at = out.data() + start;
  write_id(at + row.id, kSourceIds, index);
  if (row.id_in_url != kNowhere) write_id(at + row.id_in_url, kSourceIds, index);
  at[row.generation] = change.digit_of(index);
  if (row.stamp != kNowhere && change.applies_to(index))
    std::memcpy(at + row.stamp, change.stamp.data(), kFirstStamp.size());
}

}  // namespace bench

#include <algorithm>

#include "record/byte_block.hpp"
#include "record/json.hpp"
#include "record/utf8.hpp"

namespace nexpo {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

ByteBlock needing_escape(ByteBlock block) { return block.control() | block.equal('"') | block.equal('\\'); }

struct Contents {
  bool escapes;  ///< holds bytes that do not stand for themselves in a JSON string
  bool high;     ///< holds bytes that are not ASCII
};

// Copies `text`, and tells on the way what it holds.
Contents copy_and_look(char* place, std::string_view text) {
  ByteBlock escapes, high;
  const char* at = text.data();
  const char* const end = at + text.size();
  const auto look = [&](ByteBlock block) {
    escapes |= needing_escape(block);
    high |= block.high();
  };
  for (; end - at > static_cast<std::ptrdiff_t>(ByteBlock::kBytes); at += ByteBlock::kBytes, place += ByteBlock::kBytes) {
    const ByteBlock block = ByteBlock::load(at);
    block.store(place);
    look(block);
  }
  const auto left = static_cast<size_t>(end - at);
  copy_bytes(place, at, left);
  look(ByteBlock::load_some(at, left));
  return {escapes.any(), high.any()};
}

char* put_escape(char* place, char c) {
  constexpr std::string_view kHex = "0123456789abcdef";
  constexpr std::string_view kShort = "btn?fr";  // of 8 to 13
  *place++ = '\\';
  if (c == '"' || c == '\\') {
    *place++ = c;
  } else if (c >= 8 && c <= 13 && c != 11) {
    *place++ = kShort[static_cast<size_t>(c - 8)];
  } else {
    std::memcpy(place, "u00", 3);
    place[3] = kHex[static_cast<unsigned char>(c) >> 4];
    place[4] = kHex[c & 0xF];
    place += 5;
  }
  return place;
}

// Writes the first `size` bytes at `at`, where 16 more may be read behind them.
char* put_blocks(char* place, const char* at, size_t size) {
  const char* const end = at + size;
  while (at < end) {
    const ByteBlock block = ByteBlock::load(at);
    block.store(place);
    const size_t plain = std::min(needing_escape(block).first(), static_cast<size_t>(end - at));
    at += plain;
    place += plain;
    if (plain < ByteBlock::kBytes && at < end) place = put_escape(place, *at++);
  }
  return place;
}

char* put_escaped(char* place, std::string_view piece) {
  const size_t in_place = piece.size() < ByteBlock::kBytes ? 0 : piece.size() - ByteBlock::kBytes;
  place = put_blocks(place, piece.data(), in_place);
  char rest[2 * ByteBlock::kBytes] = {};
  copy_bytes(rest, piece.data() + in_place, piece.size() - in_place);
  return put_blocks(place, rest, piece.size() - in_place);
}

// A bound on the bytes that escapes add to `text`: by blocks, since those with an escape are few.
size_t escapes_of(std::string_view text) {
  constexpr size_t kAddedMax = 5;  // by \u0000
  size_t bytes = (text.size() % ByteBlock::kBytes) * kAddedMax;
  for (size_t at = 0; at + ByteBlock::kBytes <= text.size(); at += ByteBlock::kBytes) {
    if (needing_escape(ByteBlock::load(text.data() + at)).any()) bytes += ByteBlock::kBytes * kAddedMax;
  }
  return bytes;
}

std::string mended(std::string_view bytes) {
  std::string utf8;
  for (size_t at = 0; at < bytes.size();) {
    const size_t size = utf8_size(bytes, at);
    utf8 += size == 0 ? kReplacement : bytes.substr(at, size);
    at += size == 0 ? 1 : size;
  }
  return utf8;
}

size_t put(std::string& out, size_t at, std::string_view text) {
  copy_bytes(out.data() + at, text.data(), text.size());
  return at + text.size();
}

// Puts `text` in quotes at `out[at]`. Behind it stands `room` bytes of space for what comes next, and a block of slack,
// both before and after. Gives the place behind the string.
size_t put_string(std::string& out, size_t at, std::string_view text, size_t room) {
  const Contents contents = copy_and_look(out.data() + at + 1, text);
  const bool good = !contents.high || is_utf8(text);
  size_t end = at + 1 + text.size();
  if (contents.escapes || !good) {
    const std::string whole = good ? std::string() : mended(text);
    const std::string_view utf8 = good ? text : std::string_view(whole);
    out.resize(at + 2 + utf8.size() + escapes_of(utf8) + room + ByteBlock::kBytes);
    end = static_cast<size_t>(put_escaped(out.data() + at + 1, utf8) - out.data());
  }
  out[at] = '"';
  out[end] = '"';
  return end + 1;
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  const size_t begin = out.size();
  out.resize(begin + text.size() + 2 + ByteBlock::kBytes);
  out.resize(put_string(out, begin, text, 0));
}

void append_json(std::string& out, Value value) {
  if (value.is(ValueKind::text)) return append_json_string(out, value.view());
  out += value.present() ? value.view() : "null";
}

void append_json_row(std::string& out, const RecordBatch& batch, size_t row) {
  JsonRowWriter(batch.shape()).append(out, batch.row(row));
}

JsonRowWriter::JsonRowWriter(const Shape& shape) {
  if (!shape) return;
  for (const std::string& name : *shape) {
    std::string& prefix = names_.emplace_back(",");
    append_json_string(prefix, name);
    prefix += ':';
    names_bytes_ += prefix.size();
  }
}

// The row is written into space that fits it if nothing needs an escape; what does makes more for itself.
void JsonRowWriter::append(std::string& out, std::span<const Value> cells) const {
  constexpr size_t kWordBytes = 4;  // null and the quotes of a text
  size_t room = names_bytes_ + 2 + cells.size() * kWordBytes;
  for (const Value& cell : cells) room += cell.view().size();
  const size_t begin = out.size();
  size_t at = begin;
  out.resize(begin + room + ByteBlock::kBytes);
  for (size_t slot = 0; slot < cells.size(); ++slot) {
    const Value cell = cells[slot];
    if (cell.is(ValueKind::unset)) continue;
    at = put(out, at, names_[slot]);
    at = cell.is(ValueKind::text) ? put_string(out, at, cell.view(), room) : put(out, at, cell.present() ? cell.view() : "null");
  }
  out[at++] = '}';
  out.resize(at);
  if (at == begin + 1) out += '}';
  out[begin] = '{';  // in the place of the first name's comma
}

}  // namespace nexpo

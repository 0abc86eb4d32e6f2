#include <algorithm>
#include <utility>

#include "record/byte_block.hpp"
#include "record/json.hpp"
#include "record/utf8.hpp"

namespace nexpo {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD
constexpr size_t kEscapeBytesMax = 6;                      // \u0000

// Bytes that do not stand for themselves in a JSON string.
ByteBlock needing_escape(ByteBlock block) { return block.control() | block.equal('"') | block.equal('\\'); }

char* put_escape(char* place, char c) {
  constexpr std::string_view kHex = "0123456789abcdef";
  constexpr std::string_view kShort = "btn?fr";  // of 8 to 13
  *place++ = '\\';
  if (c == '"' || c == '\\') {
    *place++ = c;
  } else if (c >= 8 && c <= 13 && c != 11) {
    *place++ = kShort[static_cast<size_t>(c - 8)];
  } else {
    place[0] = 'u';
    place[1] = place[2] = '0';
    place[3] = kHex[static_cast<unsigned char>(c) >> 4];
    place[4] = kHex[c & 0xF];
    place += 5;
  }
  return place;
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

// Writes behind the end of a string through a bare pointer. Space is made ahead in large steps; what was not used is
// taken back at the end. There is always a block more than was asked for, since whole blocks are written.
class JsonText {
 public:
  JsonText(std::string& out, size_t bytes) : out_(out) { grow(out.size(), bytes); }
  JsonText(const JsonText&) = delete;
  ~JsonText() { out_.resize(static_cast<size_t>(place_ - out_.data())); }

  void put(std::string_view text) {
    need(text.size());
    copy_bytes(place_, text.data(), text.size());
    place_ += text.size();
  }

  void put_string(std::string_view text) {
    need(text.size() + 2);
    const auto begin = static_cast<size_t>(place_ - out_.data());
    *place_++ = '"';
    if (put_inside(text) && !is_utf8(text)) {
      place_ = out_.data() + begin + 1;
      put_inside(mended(text));
    }
    *place_++ = '"';
  }

 private:
  static constexpr size_t kStepBytes = 256;

  void grow(size_t used, size_t bytes) {
    out_.resize(used + bytes + kStepBytes + ByteBlock::kBytes);
    place_ = out_.data() + used;
    end_ = out_.data() + out_.size() - ByteBlock::kBytes;
  }
  void need(size_t bytes) {
    if (static_cast<size_t>(end_ - place_) < bytes) [[unlikely]]
      grow(static_cast<size_t>(place_ - out_.data()), bytes);
  }

  // There is room for the text and a quote. Gives whether it holds bytes that are not ASCII.
  bool put_inside(std::string_view text) {
    ByteBlock high;
    bool as_it_is = true;
    const char* at = text.data();
    const char* const end = at + text.size();
    char* place = place_;
    while (end - at >= static_cast<std::ptrdiff_t>(ByteBlock::kBytes)) {
      const ByteBlock block = ByteBlock::load(at);
      block.store(place);
      high |= block.high();
      const ByteBlock hits = needing_escape(block);
      if (!hits.any()) [[likely]] {
        // A step of its own, so that the next block need not wait for the place of a hit.
        at += ByteBlock::kBytes;
        place += ByteBlock::kBytes;
        continue;
      }
      at += hits.first();
      place_ = place + hits.first();
      escape(*at, static_cast<size_t>(end - at));
      place = place_;
      ++at;
      as_it_is = false;
    }
    place_ = place;
    const auto left = static_cast<size_t>(end - at);
    if (as_it_is && text.size() >= ByteBlock::kBytes) {
      // The last block once more, so far back that it ends with the text.
      const ByteBlock block = ByteBlock::load(end - ByteBlock::kBytes);
      if (!needing_escape(block).any()) {
        block.store(place_ + left - ByteBlock::kBytes);
        place_ += left;
        return (high | block.high()).any();
      }
    }
    return put_rest({at, left}) || high.any();
  }

  // Less than a block.
  bool put_rest(std::string_view text) {
    const ByteBlock block = ByteBlock::load_some(text.data(), text.size());
    if (!needing_escape(block).any()) {
      copy_bytes(place_, text.data(), text.size());
      place_ += text.size();
      return block.high().any();
    }
    for (size_t i = 0; i < text.size(); ++i) {
      if (static_cast<unsigned char>(text[i]) < 0x20 || text[i] == '"' || text[i] == '\\') {
        escape(text[i], text.size() - i);
      } else {
        *place_++ = text[i];
      }
    }
    return block.high().any();
  }

  void escape(char c, size_t left) {
    need(kEscapeBytesMax + left + 1);
    place_ = put_escape(place_, c);
  }

  std::string& out_;
  char* place_ = nullptr;
  char* end_ = nullptr;
};

std::vector<JsonRowWriter::Member> members_of(const Shape& shape) {
  std::vector<JsonRowWriter::Member> members;
  if (!shape) return members;
  for (const std::string& name : *shape) {
    append_json_string(members.emplace_back().before, name);
    members.back().before += ':';
  }
  return members;
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) { JsonText(out, text.size() + 2).put_string(text); }

void append_json(std::string& out, Value value) {
  if (value.is(ValueKind::text)) return append_json_string(out, value.view());
  out += value.present() ? value.view() : "null";
}

void append_json_row(std::string& out, const RecordBatch& batch, size_t row) {
  JsonRowWriter(batch.shape()).append(out, batch.row(row));
}

bool double_keeps(std::string_view number) {
  constexpr int kDigits = 15;
  if (number.size() <= kDigits) return true;
  const std::string_view mantissa = number.substr(0, number.find_first_of("eE"));
  return std::ranges::count_if(mantissa, [](char c) { return c >= '0' && c <= '9'; }) <= kDigits;
}

JsonRowWriter::JsonRowWriter(const Shape& shape) : JsonRowWriter(members_of(shape), "") {}

JsonRowWriter JsonRowWriter::for_javascript(const Shape& shape) {
  std::vector<Member> members = members_of(shape);
  for (Member& member : members) member.for_doubles = true;
  return {std::move(members), ""};
}

JsonRowWriter::JsonRowWriter(std::vector<Member> members, std::string_view first)
    : first_(first.empty() ? "" : "{" + std::string(first)),
      members_(std::move(members)),
      fixed_bytes_(first_.size() + 1) {
  for (Member& member : members_) {
    member.before.insert(0, ",");
    if (!member.if_null.empty()) member.if_null.insert(0, ",");
    fixed_bytes_ += std::max(member.before.size() + member.after.size(), member.if_null.size());
  }
}

void JsonRowWriter::append(std::string& out, std::span<const Value> cells) const {
  constexpr size_t kWordBytes = 4;  // null and the quotes of a text
  size_t bytes = fixed_bytes_ + cells.size() * kWordBytes;
  for (const Value& cell : cells) bytes += cell.view().size();
  const size_t begin = out.size();
  {
    JsonText text(out, bytes);
    text.put(first_);
    for (size_t slot = 0; slot < cells.size(); ++slot) {
      const Value cell = cells[slot];
      if (cell.is(ValueKind::unset)) continue;
      const Member& member = members_[slot];
      if (!cell.present() && !member.if_null.empty()) {
        text.put(member.if_null);
        continue;
      }
      text.put(member.before);
      const bool bare = cell.is(ValueKind::number) || cell.is(ValueKind::boolean);
      const bool rounded = member.for_doubles && cell.is(ValueKind::number) && !double_keeps(cell.view());
      if (cell.is(ValueKind::text) || (bare && member.text_only) || rounded) {
        text.put_string(cell.view());
      } else {
        text.put(cell.present() ? cell.view() : "null");
      }
      text.put(member.after);
    }
    text.put("}");
  }
  if (!first_.empty()) return;
  if (out.size() == begin + 1) out += '}';
  out[begin] = '{';  // in the place of the first member's comma
}

}  // namespace nexpo

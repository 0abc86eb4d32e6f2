#include "sql/pg_copy.hpp"

#include <cstdint>
#include <cstring>

#include "record/utf8.hpp"

namespace nexpo::sql {
namespace {

constexpr uint64_t kLow = 0x0101010101010101;
constexpr uint64_t kHigh = 0x8080808080808080;

/// High bits of the bytes of `word` that are control characters, backslashes or not ASCII; none: copy as they are.
/// May also mark bytes behind such a byte, never miss one.
uint64_t special_bytes(uint64_t word) {
  const uint64_t controls = word - kLow * 0x20;
  const uint64_t backslash = word ^ (kLow * '\\');
  return ((controls & ~word) | ((backslash - kLow) & ~backslash) | word) & kHigh;
}

/// Length of the plain text from `at` on, rounded down to whole words.
size_t plain_run(std::string_view text, size_t at) {
  size_t end = at;
  while (end + sizeof(uint64_t) <= text.size()) {
    uint64_t word = 0;
    std::memcpy(&word, text.data() + end, sizeof word);
    if (special_bytes(word) != 0) break;
    end += sizeof word;
  }
  return end - at;
}

}  // namespace

PgTextFault append_copy_text(std::string& line, std::string_view text) {
  const size_t start = line.size();
  bool ascii = true;
  for (size_t at = 0; at < text.size();) {
    const size_t run = plain_run(text, at);
    line.append(text, at, run);
    // Then byte by byte to the end of the word that holds something special.
    const size_t end = std::min(text.size(), (at += run) + sizeof(uint64_t));
    for (; at < end; ++at) {
      const char c = text[at];
      switch (c) {
        case '\0': line.resize(start); return PgTextFault::nul;
        case '\\': line += "\\\\"; break;
        case '\n': line += "\\n"; break;
        case '\r': line += "\\r"; break;
        case '\t': line += "\\t"; break;
        default: line += c;
      }
      ascii = ascii && static_cast<signed char>(c) >= 0;
    }
  }
  if (ascii || is_utf8(text)) return PgTextFault::none;
  line.resize(start);
  return PgTextFault::not_utf8;
}

// Layout: dimensions, has-null flag, element type, length, lower bound, then each element as length and bytes.
PgArray::PgArray(PgElement element, size_t count_expected) {
  bytes_.reserve(20 + count_expected * 32);
  for (const int64_t field : {int64_t{1}, int64_t{0}, static_cast<int64_t>(element), int64_t{0}, int64_t{1}})
    put32(field);
}

void PgArray::put32(int64_t number) {
  for (int shift = 24; shift >= 0; shift -= 8) bytes_ += static_cast<char>(number >> shift & 0xff);
}

void PgArray::add(std::string_view bytes) {
  put32(static_cast<int64_t>(bytes.size()));
  bytes_ += bytes;
  ++count_;
}

void PgArray::add(int64_t number) {
  put32(8);
  put32(number >> 32);
  put32(number);
  ++count_;
}

void PgArray::add_null() {
  put32(-1);
  ++count_;
  has_null_ = true;
}

const std::string& PgArray::bytes() {
  const auto write = [&](size_t at, int number) {
    for (size_t i = 0; i < 4; ++i) bytes_[at + i] = static_cast<char>(number >> (24 - 8 * i) & 0xff);
  };
  write(4, has_null_);
  write(12, count_);
  return bytes_;
}

std::string from_hex(std::string_view text) {
  const auto digit = [](char c) { return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10; };
  if (text.starts_with("\\x")) text.remove_prefix(2);
  std::string out(text.size() / 2, '\0');
  for (size_t i = 0; i < out.size(); ++i) out[i] = static_cast<char>(digit(text[2 * i]) << 4 | digit(text[2 * i + 1]));
  return out;
}

}  // namespace nexpo::sql

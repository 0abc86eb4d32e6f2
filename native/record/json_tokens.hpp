// JsonTokens and JsonCursor: a JSON text as a row of tokens, so that what nobody wants is stepped over unread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/arena.hpp"
#include "record/byte_block.hpp"
#include "record/json_escape.hpp"

namespace nexpo {

/// Where each token of a JSON text begins: brackets, commas, colons, strings, numbers and words. The positions come
/// from simdjson's first stage, which also proves that the text is UTF-8, that strings are closed and that they hold
/// no bare control characters. simdjson's On Demand layer is left out on purpose: with the positions at hand the end
/// of a string is the byte in front of the next token, so strings and skipped fields cost no scan at all.
/// Needs no padding behind the text. Keeps its memory from text to text; one per thread.
class JsonTokens {
 public:
  JsonTokens();
  ~JsonTokens();

  /// `text` has to outlive the use of the positions. Throws Error{invalid} with the byte offset.
  void read(std::string_view text);
  const uint32_t* begin() const;
  /// One past the last token. `*end()` is readable and holds the size of the text.
  const uint32_t* end() const;

 private:
  struct Index;
  std::unique_ptr<Index> index_;
};

/// Walks over tokens, one value at a time. Every step is bounds-checked; what is stepped over with skip() is checked
/// for its brackets only, what is read is checked in full. All faults are Error{invalid} with the byte offset.
/// Half of a surrogate pair in a string that is read is a fault of its own, with the code kHalfPair: the JSON around it
/// is sound, and a cursor told to replace_half_pairs() reads over it.
/// A small value to copy: loops work on a local copy, which then lives in registers.
class JsonCursor {
 public:
  static constexpr std::string_view kHalfPair = "half_surrogate_pair";  ///< Error::code

  JsonCursor(std::string_view text, const JsonTokens& tokens) : text_(text), at_(tokens.begin()), end_(tokens.end()) {}

  /// The first byte of the token at hand: { } [ ] : , " or the first of a number or word. 0 at the end.
  char peek() const { return at_ < end_ ? text_.data()[*at_] : '\0'; }
  bool at_end() const { return at_ >= end_; }
  /// Byte offset of the token at hand.
  size_t offset() const { return at_ < end_ ? *at_ : text_.size(); }
  void advance() { ++at_; }
  /// From here on half of a surrogate pair reads as U+FFFD.
  void replace_half_pairs() { half_pairs_ = HalfPairs::replace; }
  void refuse_half_pairs() { half_pairs_ = HalfPairs::refuse; }

  /// Takes the name of a member and its colon. Escapes are left as they are.
  std::string_view take_name() {
    if (peek() != '"') fail("a member's name in double quotes was expected");
    const std::string_view name = body();
    ++at_;
    if (peek() != ':') fail("`:` was expected after a member's name");
    ++at_;
    return name;
  }
  /// Takes the comma and gives true, or takes `close` and gives false.
  bool take_comma(char close) {
    const char c = peek();
    if (c != ',' && c != close) fail(close == '}' ? "`,` or `}` was expected" : "`,` or `]` was expected");
    ++at_;
    return c == ',';
  }
  /// Takes a string: a view into the text, or unescaped into the arena.
  std::string_view take_string(Arena& arena) {
    const std::string_view raw = body();
    ++at_;
    return has_backslash(raw) ? unescape(text_, raw, arena, half_pairs_) : raw;
  }
  /// Takes a number and gives its text.
  std::string_view take_number() {
    const std::string_view number = scalar();
    if (!is_json_number(number)) fail("this is no JSON value");
    ++at_;
    return number;
  }
  /// Takes `true`, `false` or `null`.
  std::string_view take_word() {
    const std::string_view word = scalar();
    if (word != "true" && word != "false" && word != "null") fail("this is no JSON value");
    ++at_;
    return word;
  }
  /// Takes one value of any kind, checks all of it, and gives its text as it stands.
  std::string_view take_raw();
  /// Whether `raw`, a part of the text, has escapes.
  bool has_backslash(std::string_view raw) const {
    const char* const end = raw.data() + raw.size();
    if (end + ByteBlock::kBytes > text_.data() + text_.size()) return raw.find('\\') != std::string_view::npos;
    for (const char* at = raw.data(); at < end; at += ByteBlock::kBytes) {
      const size_t hit = ByteBlock::load(at).equal('\\').first();
      if (hit < ByteBlock::kBytes) return at + hit < end;
    }
    return false;
  }
  /// A name with its escapes resolved.
  std::string_view unescape_name(std::string_view raw, Arena& arena) const {
    return unescape(text_, raw, arena, half_pairs_);
  }
  /// Steps over one value of any kind.
  void skip() { begins_nested() ? skip_nested() : skip_scalar(); }
  bool begins_nested() const {
    const char c = peek();
    return c == '{' || c == '[';
  }
  /// Steps over a value that is no array or object.
  void skip_scalar() {
    const char c = peek();
    if (c == '}' || c == ']' || c == ',' || c == ':' || c == '\0') fail("a value was expected");
    ++at_;
  }

  [[noreturn]] void fail(std::string_view reason) const { fail_at(offset(), reason); }
  [[noreturn]] void fail_at(size_t offset, std::string_view reason) const { fail_in(text_, offset, reason); }

 private:
  // Between the quotes of the string at hand: only white space can stand between its end and the next token.
  std::string_view body() const {
    const char* const begin = text_.data() + *at_ + 1;
    const char* close = text_.data() + at_[1] - 1;
    while (*close != '"') --close;
    return {begin, static_cast<size_t>(close - begin)};
  }
  // From `begin` to the last byte in front of the token at `next` that is no white space.
  std::string_view trimmed(size_t begin, size_t next) const {
    const char* const text = text_.data();
    while (text[next - 1] == ' ' || text[next - 1] == '\n' || text[next - 1] == '\r' || text[next - 1] == '\t') --next;
    return {text + begin, next - begin};
  }
  std::string_view scalar() const {
    if (at_end()) fail("a value was expected");
    return trimmed(*at_, at_[1]);
  }
  void skip_nested();
  void check_scalar();
  void check_name();

  // Static, so that a local cursor need not have an address.
  static std::string_view unescape(std::string_view text, std::string_view raw, Arena& arena, HalfPairs half_pairs);
  [[noreturn, gnu::cold]] static void fail_unescaping(std::string_view text, size_t begin, const Unescaped& result);
  [[noreturn, gnu::cold]] static void fail_in(std::string_view text, size_t offset, std::string_view reason);
  [[noreturn]] void fail_too_deep() const;

  std::string_view text_;
  const uint32_t* at_;
  const uint32_t* end_;
  HalfPairs half_pairs_ = HalfPairs::refuse;
};

}  // namespace nexpo

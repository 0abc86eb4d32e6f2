#include "transformer/expression/lexer.hpp"

#include <algorithm>
#include <iterator>

#include "record/utf8.hpp"
#include "transformer/expression/refusal.hpp"

namespace nexpo::cel {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}
bool is_surrogate(uint32_t code) { return code >= 0xD800 && code <= 0xDFFF; }

void append_code_point(std::string& out, uint32_t code) {
  char place[4];
  out.append(place, write_utf8(static_cast<char32_t>(code), place));
}

}  // namespace

void Lexer::advance(size_t bytes) {
  for (; bytes > 0; --bytes, ++at_) column_ += (static_cast<unsigned char>(text_[at_]) & 0xC0) != 0x80 ? 1U : 0U;
}

void Lexer::skip_space() {
  while (more()) {
    const char c = peek();
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f') {
      advance(1);
    } else if (c == '/' && peek(1) == '/') {
      while (more() && peek() != '\n' && peek() != '\r') advance(1);
    } else {
      return;
    }
  }
}

Token Lexer::next() {
  skip_space();
  if (!more()) return {TokenKind::end, "", column_};
  const char c = peek();
  if (c == '"' || c == '\'') return literal(false, false);
  if (is_letter(c)) {
    const auto lower = [](char letter) { return static_cast<char>(letter | 0x20); };
    const auto quote = [&](size_t ahead) { return peek(ahead) == '"' || peek(ahead) == '\''; };
    const bool first_is_prefix = lower(c) == 'r' || lower(c) == 'b';
    if (first_is_prefix && quote(1)) return literal(lower(c) == 'r', lower(c) == 'b');
    const char second = lower(peek(1));
    if (first_is_prefix && (second == 'r' || second == 'b') && second != lower(c) && quote(2))
      return literal(true, true);
    return word();
  }
  if (c == '`') return quoted_name();
  if (is_digit(c) || (c == '.' && is_digit(peek(1)))) return number();
  return sign();
}

Token Lexer::word() {
  Token token{TokenKind::name, "", column_};
  size_t size = 0;
  while (is_letter(peek(size)) || is_digit(peek(size))) ++size;
  token.text = text_.substr(at_, size);
  advance(size);
  return token;
}

Token Lexer::quoted_name() {
  Token token{TokenKind::quoted_name, "", column_};
  size_t size = 1;
  const auto belongs = [](char c) {
    return is_letter(c) || is_digit(c) || c == '.' || c == '-' || c == '/' || c == ' ';
  };
  while (belongs(peek(size))) ++size;
  if (peek(size) != '`' || size == 1)
    refuse(column_, "a name in backticks holds letters, digits, `_`, `.`, `-`, `/` and spaces",
           "write [\"...\"] instead");
  token.text = text_.substr(at_ + 1, size - 1);
  advance(size + 1);
  return token;
}

Token Lexer::number() {
  Token token{TokenKind::integer, "", column_};
  size_t size = 0;
  if (peek() == '0' && (peek(1) == 'x' || peek(1) == 'X') && hex_value(peek(2)) >= 0) {
    size = 2;
    while (hex_value(peek(size)) >= 0) ++size;
  } else {
    while (is_digit(peek(size))) ++size;
    if (peek(size) == '.' && is_digit(peek(size + 1))) {
      token.kind = TokenKind::real;
      for (++size; is_digit(peek(size));) ++size;
    }
    const size_t sign = peek(size + 1) == '+' || peek(size + 1) == '-' ? 2 : 1;
    if ((peek(size) == 'e' || peek(size) == 'E') && is_digit(peek(size + sign))) {
      token.kind = TokenKind::real;
      for (size += sign; is_digit(peek(size));) ++size;
    }
  }
  token.text = text_.substr(at_, size);
  advance(size);
  if (token.kind == TokenKind::integer && (peek() == 'u' || peek() == 'U')) {
    token.kind = TokenKind::natural;
    advance(1);
  }
  if (is_letter(peek()) || is_digit(peek())) refuse(token.column, "this is no number", "write 12, 0x1F, 3u or 1.5e3");
  return token;
}

// Stands on the prefix or the quote.
Token Lexer::literal(bool raw, bool bytes) {
  Token token{bytes ? TokenKind::bytes : TokenKind::text, "", column_};
  while (is_letter(peek())) advance(1);
  const char quote = peek();
  const bool triple = peek(1) == quote && peek(2) == quote;
  advance(triple ? 3 : 1);
  for (;;) {
    if (!more()) refuse(token.column, "this string does not end", "close it with the quote that it begins with");
    const char c = peek();
    if (c == quote && (!triple || (peek(1) == quote && peek(2) == quote))) break;
    if (!triple && (c == '\n' || c == '\r'))
      refuse(token.column, "this string goes over a line", "write \\n, or put it into three quotes");
    if (c == '\\' && !raw) {
      escape(bytes, token.text);
    } else {
      token.text += c;
      advance(1);
    }
  }
  advance(triple ? 3 : 1);
  return token;
}

// Stands on the backslash.
void Lexer::escape(bool bytes, std::string& out) {
  const char letter = peek(1);
  constexpr std::string_view kLetters = "abfnrtv\\?\"'`", kMeant = "\a\b\f\n\r\t\v\\?\"'`";
  if (const size_t known = kLetters.find(letter); letter != '\0' && known != std::string_view::npos) {
    out += kMeant[known];
    return advance(2);
  }
  if ((letter == 'u' || letter == 'U') && bytes)
    refuse(column_, fmt::format("`\\{}` has no place in bytes", letter), "write \\x and two digits");
  if (letter >= '0' && letter <= '3') {
    uint32_t code = 0;
    advance(1);
    for (int i = 0; i < 3; ++i, advance(1)) {
      if (peek() < '0' || peek() > '7') refuse(column_, "three octal digits were expected", "write for example \\012");
      code = code * 8 + static_cast<uint32_t>(peek() - '0');
    }
    return bytes ? static_cast<void>(out += static_cast<char>(code)) : append_code_point(out, code);
  }
  if (letter == 'x' || letter == 'X') {
    advance(2);
    const uint32_t code = hex(2);
    return bytes ? static_cast<void>(out += static_cast<char>(code)) : append_code_point(out, code);
  }
  if (letter != 'u' && letter != 'U') refuse(column_, "this escape is not known", "write \\\\ for a backslash");
  append_code_point(out, code_point(letter));
}

uint32_t Lexer::hex(size_t digits) {
  uint32_t code = 0;
  for (size_t i = 0; i < digits; ++i, advance(1)) {
    const int value = hex_value(peek());
    if (value < 0)
      refuse(column_, fmt::format("{} hexadecimal digits were expected", digits), "write for example \\u00e9");
    code = code * 16 + static_cast<uint32_t>(value);
  }
  return code;
}

uint32_t Lexer::code_point(char letter) {
  const uint32_t column = column_;
  advance(2);
  uint32_t code = hex(letter == 'u' ? 4 : 8);
  if (letter == 'u' && code >= 0xD800 && code < 0xDC00 && peek() == '\\' && peek(1) == 'u') {
    advance(2);
    const uint32_t low = hex(4);
    code = low >= 0xDC00 && low < 0xE000 ? 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00) : code;
  }
  if (is_surrogate(code) || code > 0x10FFFF) refuse(column, "there is no such character", "write up to \\U0010FFFF");
  return code;
}

Token Lexer::sign() {
  constexpr std::string_view kSigns[] = {"&&", "||", "==", "!=", "<=", ">=", "<", ">", "+", "-", "*", "/",
                                         "%",  "!",  "?",  ":",  ",",  ".",  "(", ")", "[", "]", "{", "}"};
  const std::string_view rest = text_.substr(at_);
  const auto* const found =
      std::find_if(std::begin(kSigns), std::end(kSigns), [&](std::string_view sign) { return rest.starts_with(sign); });
  if (found == std::end(kSigns)) {
    const std::string_view character = rest.substr(0, utf8_size_of_lead(rest[0]));
    refuse(column_, fmt::format("`{}` has no meaning here", character), "put texts into quotes");
  }
  Token token{TokenKind::sign, std::string(*found), column_};
  advance(found->size());
  return token;
}

}  // namespace nexpo::cel

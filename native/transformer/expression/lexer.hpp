// Lexer: the words of an expression.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace nexpo::cel {

enum class TokenKind : uint8_t {
  end,
  name,         ///< a name or a reserved word
  quoted_name,  ///< `odd-name`, without its backticks
  integer,
  natural,  ///< without its u
  real,
  text,   ///< escapes are resolved
  bytes,  ///< escapes are resolved
  sign,   ///< an operator or a bracket
};

struct Token {
  TokenKind kind = TokenKind::end;
  std::string text;
  uint32_t column = 1;

  bool is(std::string_view sign) const { return kind == TokenKind::sign && text == sign; }
};

/// Throws Error{invalid} for what is no word. Borrows the text, which has to be UTF-8.
class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}
  Token next();

 private:
  char peek(size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }
  bool more() const { return at_ < text_.size(); }
  void advance(size_t bytes);
  void skip_space();
  Token word();
  Token quoted_name();
  Token number();
  Token literal(bool raw, bool bytes);
  void escape(bool bytes, std::string& out);
  uint32_t hex(size_t digits);
  uint32_t code_point(char letter);
  Token sign();

  std::string_view text_;
  size_t at_ = 0;
  uint32_t column_ = 1;
};

}  // namespace nexpo::cel

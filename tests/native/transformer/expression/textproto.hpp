// A reader of the protobuf text format, as far as the conformance files of CEL use it.
#pragma once

#include <cctype>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "record/utf8.hpp"

namespace nexpo::textproto {

/// A message: its fields in order. A scalar is a message without fields.
struct Message {
  std::string scalar;      ///< strings have their escapes resolved, everything else is as it was written
  bool is_string = false;  ///< it stood in quotes
  std::vector<std::pair<std::string, Message>> fields;

  /// The first field of that name, or null.
  const Message* find(std::string_view name) const {
    for (const auto& [known, value] : fields) {
      if (known == name) return &value;
    }
    return nullptr;
  }
  std::vector<const Message*> all(std::string_view name) const {
    std::vector<const Message*> found;
    for (const auto& [known, value] : fields) {
      if (known == name) found.push_back(&value);
    }
    return found;
  }
  std::string text(std::string_view name) const {
    const Message* const field = find(name);
    return field ? field->scalar : "";
  }
};

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  /// Throws std::runtime_error with the line if it is no text format.
  Message read() {
    Message message;
    fields(message, '\0');
    return message;
  }

 private:
  void fields(Message& message, char close) {
    for (skip(); at_ < text_.size() && text_[at_] != close; skip()) {
      std::string name = take_name();
      skip();
      if (take(':')) skip();
      if (text_[at_] == '[' && text_[at_ + 1] != 't') {
        ++at_;
        for (skip(); !take(']'); skip(), take(','), skip()) message.fields.emplace_back(name, value());
      } else {
        message.fields.emplace_back(std::move(name), value());
      }
      skip();
      if (!take(',')) take(';');
    }
    if (close == '\0') return;
    if (!take(close)) fail("a message does not end");
  }

  // A name, or the bracketed type of an Any.
  std::string take_name() {
    const size_t begin = at_;
    if (text_[at_] == '[') {
      while (at_ < text_.size() && text_[at_] != ']') ++at_;
      return std::string(text_.substr(begin, ++at_ - begin));
    }
    while (at_ < text_.size() && (isalnum(static_cast<unsigned char>(text_[at_])) || text_[at_] == '_')) ++at_;
    if (at_ == begin) fail("a field name was expected");
    return std::string(text_.substr(begin, at_ - begin));
  }

  Message value() {
    Message message;
    if (take('{')) {
      fields(message, '}');
    } else if (take('<')) {
      fields(message, '>');
    } else if (text_[at_] == '"' || text_[at_] == '\'') {
      message.is_string = true;
      for (; at_ < text_.size() && (text_[at_] == '"' || text_[at_] == '\''); skip()) string(message.scalar);
    } else {
      while (at_ < text_.size() && std::string_view(" \t\r\n,;}>]#").find(text_[at_]) == std::string_view::npos)
        message.scalar += text_[at_++];
      if (message.scalar.empty()) fail("a value was expected");
    }
    return message;
  }

  void string(std::string& out) {
    const char quote = text_[at_++];
    while (at_ < text_.size() && text_[at_] != quote) text_[at_] == '\\' ? escape(out) : out.push_back(text_[at_++]);
    if (!take(quote)) fail("a string does not end");
  }

  void escape(std::string& out) {
    const char letter = text_[++at_];
    constexpr std::string_view kLetters = "abfnrtv\\?'\"", kMeant = "\a\b\f\n\r\t\v\\?'\"";
    if (const size_t known = kLetters.find(letter); known != std::string_view::npos) {
      out += kMeant[known];
      ++at_;
    } else if (letter == 'x') {
      ++at_;
      out += static_cast<char>(digits(16, 2));
    } else if (letter == 'u' || letter == 'U') {
      ++at_;
      code_point(digits(16, letter == 'u' ? 4 : 8), out);
    } else {
      out += static_cast<char>(digits(8, 3));
    }
  }

  unsigned digits(int base, size_t most) {
    const size_t begin = at_;
    while (at_ < text_.size() && at_ - begin < most && isxdigit(static_cast<unsigned char>(text_[at_])) &&
           (base == 16 || (text_[at_] >= '0' && text_[at_] <= '7')))
      ++at_;
    if (at_ == begin) fail("an escape is wrong");
    return static_cast<unsigned>(std::stoul(std::string(text_.substr(begin, at_ - begin)), nullptr, base));
  }

  static void code_point(unsigned code, std::string& out) {
    char place[4];
    out.append(place, write_utf8(static_cast<char32_t>(code), place));
  }

  void skip() {
    while (at_ < text_.size()) {
      if (text_[at_] == '#') {
        while (at_ < text_.size() && text_[at_] != '\n') ++at_;
      } else if (isspace(static_cast<unsigned char>(text_[at_]))) {
        ++at_;
      } else {
        return;
      }
    }
  }
  bool take(char c) {
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  [[noreturn]] void fail(const std::string& reason) const {
    size_t line = 1;
    for (const char c : text_.substr(0, at_)) line += c == '\n' ? 1 : 0;
    throw std::runtime_error("line " + std::to_string(line) + ": " + reason);
  }

  std::string_view text_;
  size_t at_ = 0;
};

}  // namespace nexpo::textproto

// case: upper, lower and title, by the simple case mappings of Unicode (one character becomes one character).
#include <utf8proc.h>

#include "record/utf8.hpp"
#include "transformer/function.hpp"

namespace nexpo {
namespace {

constexpr size_t kCharacterBytesMax = 4;

enum class Case { upper, lower, title };

bool is_ascii(std::string_view text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) >= 0x80) return false;
  }
  return true;
}

char ascii_upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 0x20) : c; }
char ascii_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 0x20) : c; }

// A word goes on over apostrophes: "O'Neil's" has one capital.
bool goes_on(char32_t code, bool inside) {
  if (code == '\'' || code == 0x2019) return inside;
  switch (utf8proc_category(static_cast<utf8proc_int32_t>(code))) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
    case UTF8PROC_CATEGORY_ND: return true;
    default: return false;
  }
}

char32_t changed(char32_t code, Case to, bool inside_word) {
  const auto point = static_cast<utf8proc_int32_t>(code);
  if (to == Case::upper) return static_cast<char32_t>(utf8proc_toupper(point));
  if (to == Case::lower || inside_word) return static_cast<char32_t>(utf8proc_tolower(point));
  return static_cast<char32_t>(utf8proc_totitle(point));
}

std::string_view change_ascii(std::string_view text, Case to, Arena& arena) {
  char* const place = arena.allocate(text.size());
  for (size_t i = 0; i < text.size(); ++i) place[i] = to == Case::upper ? ascii_upper(text[i]) : ascii_lower(text[i]);
  return {place, text.size()};
}

std::string_view change_unicode(std::string_view text, Case to, StepContext& context) {
  std::string& out = context.scratch;
  out.clear();
  bool inside_word = false;
  for (size_t at = 0; at < text.size();) {
    const size_t size = utf8_size(text, at);
    if (size == 0) {  // not UTF-8: stays
      out += text[at++];
      continue;
    }
    const char32_t code = read_utf8(text, at, size);
    char bytes[kCharacterBytesMax];
    out.append(bytes, write_utf8(changed(code, to, inside_word), bytes));
    inside_word = goes_on(code, inside_word);
    at += size;
  }
  return context.arena.copy(out);
}

bool change_case(const Case& to, Value& cell, StepContext& context) {
  const std::string_view text = cell.view();
  const bool bytewise = to != Case::title && is_ascii(text);
  cell = Value::text(bytewise ? change_ascii(text, to, context.arena) : change_unicode(text, to, context));
  return true;
}

Step compile_case(CompileContext& context, std::string_view name) {
  const std::string_view to = context.params.choice(name, {"upper", "lower", "title"});
  return make_step<Case, change_case>(to == "upper" ? Case::upper : to == "lower" ? Case::lower : Case::title);
}

constexpr Function kFunctions[] = {{"case", FieldType::text, compile_case}};

}  // namespace

std::span<const Function> case_functions() { return kFunctions; }

}  // namespace nexpo

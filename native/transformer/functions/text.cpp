// Text functions that look at white space and normal forms: trim, squash, blankToNull, nfc.
#include <cstdlib>

#include <utf8proc.h>

#include "record/utf8.hpp"
#include "transformer/function.hpp"

namespace nexpo {
namespace {

struct None {};

// White space of Unicode, with the byte order mark, as JavaScript trims it.
bool is_space(char32_t code) {
  if (code < 0x80) return code == ' ' || (code >= '\t' && code <= '\r');
  return code == 0xA0 || code == 0x1680 || (code >= 0x2000 && code <= 0x200A) || code == 0x2028 || code == 0x2029 ||
         code == 0x202F || code == 0x205F || code == 0x3000 || code == 0xFEFF;
}

// Bytes of the white space at `text[at]`, or 0.
size_t space_at(std::string_view text, size_t at) {
  if (text[at] > ' ' && text[at] < 0x7F) return 0;
  const size_t size = utf8_size(text, at);
  return size > 0 && is_space(read_utf8(text, at, size)) ? size : 0;
}

std::string_view trim_start(std::string_view text) {
  while (!text.empty()) {
    const size_t space = space_at(text, 0);
    if (space == 0) break;
    text.remove_prefix(space);
  }
  return text;
}

std::string_view trim_end(std::string_view text) {
  while (!text.empty()) {
    size_t begin = text.size() - 1;
    while (begin > 0 && text.size() - begin < 4 && (text[begin] & 0xC0) == 0x80) --begin;
    if (space_at(text, begin) != text.size() - begin) break;
    text = text.substr(0, begin);
  }
  return text;
}

struct Trim {
  bool start, end;
};

bool trim(const Trim& sides, Value& cell, StepContext&) {
  std::string_view text = cell.view();
  if (sides.start) text = trim_start(text);
  if (sides.end) text = trim_end(text);
  cell = Value::text(text);
  return true;
}

Step compile_trim(CompileContext& context, std::string_view name) {
  const nlohmann::json* value = context.params.find(name);
  if (value && *value == true) return make_step<Trim, trim>({true, true});
  const std::string_view side = context.params.choice(name, {"both", "start", "end"});
  return make_step<Trim, trim>({side != "end", side != "start"});
}

bool squash(const None&, Value& cell, StepContext& context) {
  const std::string_view text = trim_end(trim_start(cell.view()));
  std::string& out = context.scratch;
  out.clear();
  for (size_t at = 0; at < text.size();) {
    size_t space = space_at(text, at);
    if (space == 0) {
      out += text[at++];
      continue;
    }
    out += ' ';
    for (; space > 0; space = space_at(text, at)) at += space;  // the text does not end in white space
  }
  cell = Value::text(out == text ? text : context.arena.copy(out));
  return true;
}

bool blank_to_null(const None&, Value& cell, StepContext&) {
  if (trim_start(cell.view()).empty()) cell = Value::null();
  return true;
}

bool normalize(const None&, Value& cell, StepContext& context) {
  const std::string_view text = cell.view();
  utf8proc_uint8_t* made = nullptr;
  constexpr auto kOptions = static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE);
  const auto size = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                 static_cast<utf8proc_ssize_t>(text.size()), &made, kOptions);
  // Bytes that are not UTF-8 have no normal form: they stay.
  if (size >= 0) cell = Value::text(context.arena.copy({reinterpret_cast<char*>(made), static_cast<size_t>(size)}));
  std::free(made);
  return true;
}

template <bool (*run)(const None&, Value&, StepContext&)>
Step compile_switch(CompileContext& context, std::string_view name) {
  const nlohmann::json* value = context.params.find(name);
  if (*value != true) context.params.faults().add(context.params.at(name), "this takes no options", "write true");
  return make_step<None, run>({});
}

constexpr Function kFunctions[] = {
    {"trim", FieldType::text, compile_trim},
    {"squash", FieldType::text, compile_switch<squash>},
    {"blankToNull", std::nullopt, compile_switch<blank_to_null>},
    {"nfc", FieldType::text, compile_switch<normalize>},
};

}  // namespace

std::span<const Function> text_functions() { return kFunctions; }

}  // namespace nexpo

// Text functions that do not count characters: trim, squash, blankToNull, replace, template, nfc.
#include <cstdlib>

#include <re2/re2.h>
#include <utf8proc.h>

#include "record/utf8.hpp"
#include "transformer/function.hpp"

namespace nexpo {
namespace {

constexpr int64_t kPatternMemoryMax = 1 << 20;
constexpr size_t kTemplatePartsMax = 64;

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

struct Literal {
  std::string find, with;
};

bool replace_literal(const Literal& literal, Value& cell, StepContext& context) {
  const std::string_view text = cell.view();
  size_t hit = text.find(literal.find);
  if (hit == std::string_view::npos) {
    cell = Value::text(text);
    return true;
  }
  std::string& out = context.scratch;
  out.clear();
  size_t at = 0;
  for (; hit != std::string_view::npos; hit = text.find(literal.find, at)) {
    out.append(text, at, hit - at).append(literal.with);
    at = hit + literal.find.size();
  }
  out.append(text, at);
  cell = Value::text(context.arena.copy(out));
  return true;
}

struct Pattern {
  std::shared_ptr<const re2::RE2> pattern;
  std::string with;
};

bool replace_pattern(const Pattern& rule, Value& cell, StepContext& context) {
  context.scratch.assign(cell.view());
  const int hits = re2::RE2::GlobalReplace(&context.scratch, *rule.pattern, rule.with);
  cell = Value::text(hits == 0 ? cell.view() : context.arena.copy(context.scratch));
  return true;
}

Step compile_pattern(Params& options, std::string with) {
  re2::RE2::Options settings(re2::RE2::Quiet);
  settings.set_max_mem(kPatternMemoryMax);
  const std::string text = options.required_text("pattern", "write a regular expression");
  auto pattern = std::make_shared<const re2::RE2>(text, settings);
  std::string reason;
  if (!pattern->ok()) {
    options.faults().add(options.at("pattern"), pattern->error(), "RE2 has no look-around and no back-references");
  } else if (!pattern->CheckRewriteString(with, &reason)) {
    options.faults().add(options.at("with"), reason, "write groups as \\1 and a backslash as \\\\");
  }
  return make_step<Pattern, replace_pattern>({std::move(pattern), std::move(with)});
}

Step compile_replace(CompileContext& context, std::string_view name) {
  Params options = context.params.options(name);
  std::string with = options.text("with", "");
  Step step;
  if (options.has("pattern")) {
    step = compile_pattern(options, std::move(with));
  } else {
    std::string find = options.required_text("find", "write the text to look for, or `pattern` for a regular expression");
    step = make_step<Literal, replace_literal>({std::move(find), std::move(with)});
  }
  options.finish();
  step.describe = [](FieldSchema& field) { field.length_max.reset(); };
  return step;
}

struct Template {
  struct Part {
    std::string text;  ///< stands in front of the value
    int slot;          ///< of the source row; kOwn for the value at hand, kEnd behind the last text
  };
  static constexpr int kOwn = -1, kEnd = -2;
  std::vector<Part> parts;
};

// Null if the template names fields and none of them has a value.
bool fill_template(const Template& rule, Value& cell, StepContext& context) {
  std::string& out = context.scratch;
  out.clear();
  bool any_value = rule.parts.size() == 1;
  for (const Template::Part& part : rule.parts) {
    out += part.text;
    if (part.slot == Template::kEnd) break;
    const Value value = part.slot == Template::kOwn ? cell : context.source[static_cast<size_t>(part.slot)];
    any_value |= value.present();
    out += value.view();
  }
  cell = any_value ? Value::text(context.arena.copy(out)) : Value::null();
  return true;
}

// "{First} {{x} {}" has parts ("", First), (" {x} ", own), ("", end).
Template parse_template(std::string_view text, CompileContext& context, std::string_view at) {
  Template rule;
  std::string before;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '{' || text.substr(i, 2) == "{{") {
      before += text[i];
      if (text[i] == '{') ++i;
      continue;
    }
    const size_t close = text.find('}', i);
    if (close == std::string_view::npos || rule.parts.size() == kTemplatePartsMax) {
      context.params.faults().add(at, close == std::string_view::npos ? "`}` is missing" : "this has too many fields",
                                  "write {Field}, {} for the value itself, and {{ for a curly bracket");
      return rule;
    }
    const std::string path(text.substr(i + 1, close - i - 1));
    rule.parts.push_back({before, path.empty() ? Template::kOwn : static_cast<int>(context.slot_of(path))});
    before.clear();
    i = close;
  }
  rule.parts.push_back({before, Template::kEnd});
  return rule;
}

Step compile_template(CompileContext& context, std::string_view name) {
  const std::string text = context.params.required_text(name, "write a text such as \"{FirstName} {LastName}\"");
  Step step = make_step<Template, fill_template>(parse_template(text, context, context.params.at(name)));
  step.runs_on_null = true;
  step.describe = [](FieldSchema& field) { field.length_max.reset(); };
  return step;
}

constexpr Function kFunctions[] = {
    {"trim", FieldType::text, compile_trim},
    {"squash", FieldType::text, compile_switch<squash>},
    {"blankToNull", FieldType::text, compile_switch<blank_to_null>},
    {"replace", FieldType::text, compile_replace},
    {"template", FieldType::text, compile_template},
    {"nfc", FieldType::text, compile_switch<normalize>},
};

}  // namespace

std::span<const Function> text_functions() { return kFunctions; }

}  // namespace nexpo

// Text functions that count characters: truncate, substring, pad. None of them ever cuts a character in two.
#include <fmt/format.h>

#include "record/utf8.hpp"
#include "transformer/characters.hpp"
#include "transformer/function.hpp"

namespace nexpo {
namespace {

constexpr int64_t kLengthMax = 10'000'000;
constexpr int64_t kPaddedMax = 10'000;

struct Truncate {
  TextUnit unit;
  size_t max;
};

bool truncate(const Truncate& limit, Value& cell, StepContext&) {
  const std::string_view text = cell.view();
  // No unit is larger than a byte.
  cell = Value::text(text.size() <= limit.max ? text : text.substr(0, offset_of_limit(text, limit.unit, limit.max)));
  return true;
}

Step truncate_step(TextUnit unit, int64_t max) {
  Step step = make_step<Truncate, truncate>({unit, static_cast<size_t>(max)});
  step.describe = [max](FieldSchema& field) {
    field.length_max = std::min(field.length_max.value_or(static_cast<int>(max)), static_cast<int>(max));
  };
  return step;
}

Step compile_truncate(CompileContext& context, std::string_view name) {
  Params& params = context.params;
  const nlohmann::json* value = params.find(name);
  if (value->is_number()) return truncate_step(TextUnit::code_points, params.integer(name, 0, kLengthMax).value_or(0));
  Params options = params.options(name);
  const auto code_points = options.integer("codePoints", 0, kLengthMax);
  const auto utf16 = options.integer("utf16", 0, kLengthMax);
  const auto bytes = options.integer("bytes", 0, kLengthMax);
  options.finish();
  if (code_points.has_value() + utf16.has_value() + bytes.has_value() != 1) {
    params.faults().add(params.at(name), "one limit is needed",
                        "write a number, or one of codePoints, utf16 and bytes");
  }
  if (code_points) return truncate_step(TextUnit::code_points, *code_points);
  if (utf16) return truncate_step(TextUnit::utf16, *utf16);
  return truncate_step(TextUnit::bytes, bytes.value_or(0));
}

struct Substring {
  int64_t start;  ///< negative: from the end
  int64_t length;
};

bool substring(const Substring& range, Value& cell, StepContext&) {
  std::string_view text = cell.view();
  int64_t start = range.start;
  if (start < 0) start = std::max<int64_t>(0, static_cast<int64_t>(count_characters(text)) + start);
  text.remove_prefix(offset_of_character(text, static_cast<size_t>(start)));
  cell = Value::text(text.substr(0, offset_of_character(text, static_cast<size_t>(range.length))));
  return true;
}

Step compile_substring(CompileContext& context, std::string_view name) {
  Params options = context.params.options(name);
  const int64_t start = options.integer("start", -kLengthMax, kLengthMax).value_or(0);
  const int64_t length = options.integer("length", 0, kLengthMax).value_or(kLengthMax);
  options.finish();
  Step step = make_step<Substring, substring>({start, length});
  step.describe = [length](FieldSchema& field) {
    field.length_max = std::min(field.length_max.value_or(static_cast<int>(length)), static_cast<int>(length));
  };
  return step;
}

struct Pad {
  size_t length;
  std::string with;
  bool at_start;
};

bool pad(const Pad& rule, Value& cell, StepContext& context) {
  const std::string_view text = cell.view();
  const size_t present = count_characters(text);
  std::string& out = context.scratch;
  out.clear();
  for (size_t left = present; left < rule.length; ++left) out += rule.with;
  out.insert(rule.at_start ? out.size() : 0, text);
  cell = Value::text(present >= rule.length ? text : context.arena.copy(out));
  return true;
}

Step compile_pad(CompileContext& context, std::string_view name) {
  Params options = context.params.options(name);
  const int64_t length = options.integer("length", 1, kPaddedMax).value_or(0);
  std::string with = options.text("with", " ");
  const bool at_start = options.choice("side", {"start", "end"}) == "start";
  options.finish();
  if (length == 0 && !options.has("length")) {
    context.params.faults().add(options.at("length"), "this is missing",
                                "write how many characters the text must have");
  }
  if (!is_utf8(with) || count_characters(with) != 1) {
    context.params.faults().add(options.at("with"), "this must be one character", "write for example \"0\"");
  }
  Step step = make_step<Pad, pad>({static_cast<size_t>(length), std::move(with), at_start});
  step.describe = [length](FieldSchema& field) {
    if (field.length_max) field.length_max = std::max(*field.length_max, static_cast<int>(length));
  };
  return step;
}

constexpr Function kFunctions[] = {{"truncate", FieldType::text, compile_truncate},
                                   {"substring", FieldType::text, compile_substring},
                                   {"pad", FieldType::text, compile_pad}};

}  // namespace

std::span<const Function> length_functions() { return kFunctions; }

}  // namespace nexpo

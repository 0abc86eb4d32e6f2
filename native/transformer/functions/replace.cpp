// replace: every occurrence of a text, or every match of a pattern.
#include <re2/re2.h>

#include "transformer/function.hpp"

namespace nexpo {
namespace {

constexpr int64_t kPatternMemoryMax = 1 << 20;

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
    std::string find =
        options.required_text("find", "write the text to look for, or `pattern` for a regular expression");
    step = make_step<Literal, replace_literal>({std::move(find), std::move(with)});
  }
  options.finish();
  step.describe = [](FieldSchema& field) { field.length_max.reset(); };
  return step;
}

constexpr Function kFunctions[] = {{"replace", FieldType::text, compile_replace}};

}  // namespace

std::span<const Function> replace_functions() { return kFunctions; }

}  // namespace nexpo

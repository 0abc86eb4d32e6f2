// template: a text with the values of several fields in it.
#include "transformer/function.hpp"

namespace nexpo {
namespace {

constexpr size_t kTemplatePartsMax = 64;

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

constexpr Function kFunctions[] = {{"template", FieldType::text, compile_template}};

}  // namespace

std::span<const Function> template_functions() { return kFunctions; }

}  // namespace nexpo

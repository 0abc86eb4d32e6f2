// boolean: words and the numbers 1 and 0 to true and false.
#include <algorithm>

#include "transformer/function.hpp"

namespace nexpo {
namespace {

struct Words {
  std::vector<std::string> yes, no;  ///< ASCII letters in lower case
};

std::string folded(std::string_view word) {
  std::string lower(word);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
  return lower;
}

bool to_boolean(const Words& words, Value& cell, StepContext& context) {
  if (cell.is(ValueKind::boolean)) return true;
  std::string_view text = cell.view();
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  const std::string word = folded(text);
  const bool yes = std::find(words.yes.begin(), words.yes.end(), word) != words.yes.end();
  if (!yes && std::find(words.no.begin(), words.no.end(), word) == words.no.end()) {
    context.fault = "is no word for true or false";
    return false;
  }
  cell = Value::boolean(yes);
  return true;
}

std::vector<std::string> words_of(Params& options, std::string_view key, std::initializer_list<const char*> fallback) {
  std::vector<std::string> words;
  for (const std::string& word : options.texts(key)) words.push_back(folded(word));
  if (!options.has(key)) words.assign(fallback.begin(), fallback.end());
  return words;
}

Step compile_boolean(CompileContext& context, std::string_view name) {
  Params options = context.params.options(name);
  Words words;
  words.yes = words_of(options, "true", {"true", "yes", "y", "t", "on", "1"});
  words.no = words_of(options, "false", {"false", "no", "n", "f", "off", "0"});
  options.finish();
  for (const std::string& word : words.yes) {
    if (std::find(words.no.begin(), words.no.end(), word) == words.no.end()) continue;
    options.faults().add(options.at(), "`" + word + "` means both true and false", "leave it out of one list");
  }
  Step step = make_step<Words, to_boolean>(std::move(words));
  step.can_fail = true;
  step.describe = [](FieldSchema& field) { field.length_max.reset(); };
  return step;
}

constexpr Function kFunctions[] = {{"boolean", FieldType::boolean, compile_boolean}};

}  // namespace

std::span<const Function> boolean_functions() { return kFunctions; }

}  // namespace nexpo

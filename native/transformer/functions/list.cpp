// Functions between text and lists: split, join.
#include <fmt/format.h>

#include "record/json.hpp"
#include "transformer/function.hpp"

namespace nexpo {
namespace {

constexpr int64_t kPartMax = 10'000;

struct Split {
  std::string by;
  std::optional<int64_t> part;  ///< unset: all of them, as a list; negative: from the end
};

template <class Visit>
void each_part(std::string_view text, std::string_view by, Visit visit) {
  for (size_t at = 0;;) {
    const size_t hit = text.find(by, at);
    visit(text.substr(at, hit - at));
    if (hit == std::string_view::npos) return;
    at = hit + by.size();
  }
}

bool split(const Split& rule, Value& cell, StepContext& context) {
  const std::string_view text = cell.view();
  if (!rule.part) {
    std::string& out = context.scratch;
    out.clear();
    out += '[';
    if (!text.empty()) {
      each_part(text, rule.by, [&](std::string_view part) {
        if (out.size() > 1) out += ',';
        append_json_string(out, part);
      });
    }
    out += ']';
    cell = Value::json(context.arena.copy(out));
    return true;
  }
  int64_t wanted = *rule.part;
  if (wanted < 0) each_part(text, rule.by, [&](std::string_view) { ++wanted; });
  // With one part counted back too few the wanted one does not exist; `wanted` is then still negative.
  cell = Value::null();
  if (wanted >= 0) {
    each_part(text, rule.by, [&](std::string_view part) {
      if (wanted-- == 0) cell = Value::text(part);
    });
  }
  return true;
}

Step compile_split(CompileContext& context, std::string_view name) {
  Params options = context.params.options(name);
  std::string by = options.required_text("by", "write what stands between the parts");
  const auto part = options.integer("part", -kPartMax, kPartMax);
  options.finish();
  const bool is_list = !part;
  Step step = make_step<Split, split>({std::move(by), part});
  step.describe = [is_list](FieldSchema& field) {
    if (!is_list) return;
    field.type = FieldType::json;
    field.length_max.reset();
  };
  return step;
}

struct Join {
  std::string with;
};

// Items that are null are left out; lists and objects inside stay JSON.
void append_item(JsonCursor& cursor, StepContext& context, const std::string& with, bool& first) {
  std::string_view item;
  switch (cursor.peek()) {
    case '"': item = cursor.take_string(context.arena); break;
    case 'n': cursor.take_word(); return;
    default: item = cursor.take_raw();
  }
  if (!first) context.scratch += with;
  first = false;
  context.scratch += item;
}

bool join(const Join& rule, Value& cell, StepContext& context) {
  if (!cell.is(ValueKind::json) || !cell.view().starts_with('[')) {
    cell = Value::text(cell.view());
    return true;
  }
  context.tokens.read(cell.view());
  JsonCursor cursor(cell.view(), context.tokens);
  context.scratch.clear();
  cursor.advance();
  bool first = true;
  while (cursor.peek() != ']') {
    append_item(cursor, context, rule.with, first);
    if (!cursor.take_comma(']')) break;
  }
  cell = Value::text(context.arena.copy(context.scratch));
  return true;
}

Step compile_join(CompileContext& context, std::string_view name) {
  const nlohmann::json* value = context.params.find(name);
  std::string with;
  if (value->is_string()) {
    with = value->get<std::string>();
  } else {
    Params options = context.params.options(name);
    with = options.text("with", ", ");
    options.finish();
  }
  Step step = make_step<Join, join>({std::move(with)});
  step.describe = [](FieldSchema& field) { field.length_max.reset(); };
  return step;
}

constexpr Function kFunctions[] = {{"split", FieldType::text, compile_split}, {"join", FieldType::text, compile_join}};

}  // namespace

std::span<const Function> list_functions() { return kFunctions; }

}  // namespace nexpo

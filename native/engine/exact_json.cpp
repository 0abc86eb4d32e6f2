#include "engine/exact_json.hpp"

#include <string>

#include "record/json.hpp"

namespace nexpo {

using nlohmann::json;

namespace {

json number_of(const std::string& text) {
  json number = double_keeps(text) ? json::parse(text, nullptr, false) : json(text);
  return number.is_discarded() ? json(text) : number;
}

}  // namespace

json exact_json(Value value) {
  const std::string text(value.view());
  switch (value.kind()) {
    case ValueKind::boolean: return text == "true";
    case ValueKind::number: return number_of(text);
    case ValueKind::json: return json::parse(text, nullptr, false);
    case ValueKind::text: return text;
    case ValueKind::unset:
    case ValueKind::null: return nullptr;
  }
  return nullptr;
}

}  // namespace nexpo

#include "engine/exact_json.hpp"

#include <algorithm>
#include <string>

namespace nexpo {

using nlohmann::json;

namespace {

constexpr int kExactDigits = 15;  // decimal digits that a double always keeps

/// Whether a double gives back every digit of a decimal text.
bool is_exact(std::string_view number) {
  const std::string_view mantissa = number.substr(0, number.find_first_of("eE"));
  return std::ranges::count_if(mantissa, [](char c) { return c >= '0' && c <= '9'; }) <= kExactDigits;
}

json number_of(const std::string& text) {
  json number = is_exact(text) ? json::parse(text, nullptr, false) : json(text);
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

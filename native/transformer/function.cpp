#include "transformer/function.hpp"

#include <algorithm>
#include <array>

namespace nexpo {
namespace {

auto families() {
  return std::array{text_functions(),    replace_functions(), template_functions(), case_functions(),
                    length_functions(),  list_functions(),    number_functions(),   date_functions(),
                    boolean_functions(), mask_functions(),    currency_functions(), contact_functions()};
}

}  // namespace

const Function* find_function(std::string_view name) {
  for (const auto family : families()) {
    const auto found = std::find_if(family.begin(), family.end(), [&](const Function& f) { return f.name == name; });
    if (found != family.end()) return &*found;
  }
  return nullptr;
}

std::vector<std::string_view> function_names() {
  std::vector<std::string_view> names;
  for (const auto family : families()) {
    for (const Function& function : family) names.push_back(function.name);
  }
  return names;
}

Value value_of(const nlohmann::json& json, Arena& memory) {
  switch (json.type()) {
    case nlohmann::json::value_t::null: return Value::null();
    case nlohmann::json::value_t::boolean: return Value::boolean(json.get<bool>());
    case nlohmann::json::value_t::string: return Value::text(memory.copy(json.get_ref<const std::string&>()));
    case nlohmann::json::value_t::number_integer:
    case nlohmann::json::value_t::number_unsigned:
    case nlohmann::json::value_t::number_float: return Value::number(memory.copy(json.dump()));
    default: return Value::json(memory.copy(json.dump()));
  }
}

}  // namespace nexpo

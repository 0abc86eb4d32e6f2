#include "engine/host_functions.hpp"

#include <fmt/format.h>

#include "base/error.hpp"
#include "engine/exact_json.hpp"
#include "transformer/function.hpp"

namespace nexpo {

using nlohmann::json;

namespace {

Error fault(const std::string& name, std::string_view what) {
  return Error(ErrorKind::invalid, fmt::format("function \"{}\" {}", name, what)).with_field(name);
}

}  // namespace

Task<OutsideAnswers> HostFunctions::call(FunctionQuery query, std::vector<Value> values, CancelToken cancel) {
  json given = json::array();
  for (const Value& value : values) given.push_back(exact_json(value));
  const auto request = asks_.put(
      {{"what", "function"}, {"function", query.name}, {"values", std::move(given)}, {"options", query.options}});
  co_await asks_.wait(request, cancel, fmt::format("answer of function \"{}\"", query.name));
  const json& answer = *request->answer;
  if (const auto error = answer.find("error"); error != answer.end() && error->is_string())
    throw fault(query.name, "failed: " + error->get<std::string>());
  const json made = answer.value("values", json());
  if (!made.is_array()) throw fault(query.name, "must give a list of values");
  if (made.size() != values.size())
    throw fault(query.name,
                fmt::format("gave {} values for {}; it must give one for each", made.size(), values.size()));
  const json errors = answer.value("errors", json::object());
  OutsideAnswers out{{}, std::make_shared<Arena>()};
  for (size_t i = 0; i < made.size(); ++i) {
    OutsideAnswer& one = out.answers.emplace_back();
    const auto why = errors.is_object() ? errors.find(std::to_string(i)) : errors.end();
    if (errors.is_object() && why != errors.end()) {
      one.state = OutsideAnswer::State::failed;
      one.reason = out.memory->copy(why->is_string() ? why->get<std::string>() : "has no value");
    } else {
      one.state = OutsideAnswer::State::found;
      one.value = value_of(made[i], *out.memory);
    }
  }
  co_return out;
}

}  // namespace nexpo

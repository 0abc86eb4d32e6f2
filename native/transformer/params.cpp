#include "transformer/params.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace nexpo {
namespace {

const nlohmann::json& object_or_nothing(const nlohmann::json& json) {
  static const nlohmann::json kNothing = nlohmann::json::object();
  return json.is_object() ? json : kNothing;
}

}  // namespace

Params::Params(const nlohmann::json& json, std::string at, Faults& faults)
    : json_(object_or_nothing(json)), at_(std::move(at)), faults_(faults) {
  if (!json.is_object() && json != true) faults_.add(at_, "this must be an object", "write it in curly brackets");
}

bool Params::has(std::string_view key) const { return json_.contains(key); }

const nlohmann::json* Params::find(std::string_view key) {
  known_.push_back(key);
  const auto found = json_.find(key);
  return found == json_.end() ? nullptr : &*found;
}

Params Params::options(std::string_view key) {
  static const nlohmann::json kNone = true;
  const nlohmann::json* value = find(key);
  return Params(value ? *value : kNone, at(key), faults_);
}

std::string Params::required_text(std::string_view key, std::string_view fix) {
  const nlohmann::json* value = find(key);
  if (!value) {
    faults_.add(at(key), "this is missing", fix);
  } else if (!value->is_string() || value->get_ref<const std::string&>().empty()) {
    faults_.add(at(key), "this must be a text that is not empty", fix);
  } else {
    return value->get<std::string>();
  }
  return "";
}

std::string Params::text(std::string_view key, std::string_view fallback) {
  const nlohmann::json* value = find(key);
  if (value && value->is_string()) return value->get<std::string>();
  if (value) faults_.add(at(key), "this must be a text", "put it in double quotes");
  return std::string(fallback);
}

bool Params::flag(std::string_view key, bool fallback) {
  const nlohmann::json* value = find(key);
  if (value && value->is_boolean()) return value->get<bool>();
  if (value) faults_.add(at(key), "this must be true or false", "write it without quotes");
  return fallback;
}

std::optional<int64_t> Params::integer(std::string_view key, int64_t min, int64_t max) {
  const nlohmann::json* value = find(key);
  if (!value) return std::nullopt;
  if (value->is_number_integer() && *value >= min && *value <= max) return value->get<int64_t>();
  faults_.add(at(key), "this number does not fit", fmt::format("write a whole number from {} to {}", min, max));
  return std::nullopt;
}

std::string_view Params::choice(std::string_view key, std::initializer_list<std::string_view> choices) {
  const nlohmann::json* value = find(key);
  if (!value) return *choices.begin();
  if (value->is_string()) {
    const auto found = std::find(choices.begin(), choices.end(), value->get_ref<const std::string&>());
    if (found != choices.end()) return *found;
  }
  faults_.add(at(key), fmt::format("{} is not a choice", value->dump()),
              fmt::format("write one of {}", fmt::join(choices, ", ")));
  return *choices.begin();
}

std::vector<std::string> Params::texts(std::string_view key) {
  const nlohmann::json* value = find(key);
  if (!value) return {};
  if (value->is_string()) return {value->get<std::string>()};
  const auto is_text = [](const nlohmann::json& item) { return item.is_string(); };
  if (value->is_array() && std::all_of(value->begin(), value->end(), is_text))
    return value->get<std::vector<std::string>>();
  faults_.add(at(key), "this must be a text or a list of texts", "write \"a\" or [\"a\", \"b\"]");
  return {};
}

void Params::finish() {
  for (const auto& member : json_.items()) {
    if (std::find(known_.begin(), known_.end(), member.key()) != known_.end()) continue;
    faults_.add(at(member.key()), "this key is unknown", suggestion(member.key(), known_));
  }
}

}  // namespace nexpo

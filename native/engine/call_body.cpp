#include "engine/call_body.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.hpp"

namespace nexpo {
namespace {

using nlohmann::json;

[[noreturn]] void refuse(const char* name, const std::string& what) {
  throw Error(ErrorKind::invalid, fmt::format("{}: {}", name, what)).with_field(name);
}

}  // namespace

const json* CallBody::find(const char* name) const {
  const auto found = body_.find(name);
  return found == body_.end() || found->is_null() ? nullptr : &*found;
}

std::string CallBody::text(const char* name) const {
  const std::optional<std::string> text = optional_text(name);
  if (!text || text->empty()) refuse(name, "must be a text that is not empty");
  return *text;
}

std::optional<std::string> CallBody::optional_text(const char* name) const {
  const json* found = find(name);
  if (!found) return std::nullopt;
  if (!found->is_string()) refuse(name, "must be a text");
  return found->get<std::string>();
}

bool CallBody::flag(const char* name) const {
  const json* found = find(name);
  if (found && !found->is_boolean()) refuse(name, "must be true or false");
  return found && found->get<bool>();
}

int64_t CallBody::integer(const char* name, int64_t min, int64_t max, std::optional<int64_t> fallback) const {
  const json* found = find(name);
  if (!found && fallback) return *fallback;
  if (!found || !found->is_number_integer() || *found < min || *found > max)
    refuse(name, fmt::format("must be a whole number from {} to {}", min, max));
  return found->get<int64_t>();
}

std::vector<std::string> CallBody::names(const char* name) const {
  const json* found = find(name);
  std::vector<std::string> names;
  const auto good = [](const json& one) { return one.is_string() && !one.get_ref<const std::string&>().empty(); };
  if (!found || !found->is_array() || found->empty() || !std::ranges::all_of(*found, good))
    refuse(name, "must be a list of names that is not empty");
  for (const json& one : *found) {
    const auto& text = one.get_ref<const std::string&>();
    if (std::ranges::find(names, text) == names.end()) names.push_back(text);
  }
  return names;
}

}  // namespace nexpo

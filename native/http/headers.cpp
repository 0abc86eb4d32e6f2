#include <strings.h>

#include <algorithm>

#include "http/client.hpp"

namespace nexpo::http {
namespace {

bool same_name(std::string_view left, std::string_view right) {
  return left.size() == right.size() && strncasecmp(left.data(), right.data(), left.size()) == 0;
}

}  // namespace

void Headers::set(std::string_view name, std::string_view value) {
  const auto named = [name](const auto& entry) { return same_name(entry.first, name); };
  entries_.erase(std::remove_if(entries_.begin(), entries_.end(), named), entries_.end());
  add(name, value);
}

void Headers::add(std::string_view name, std::string_view value) {
  entries_.emplace_back(std::string(name), std::string(value));
}

std::string_view Headers::get(std::string_view name) const {
  const auto named = [name](const auto& entry) { return same_name(entry.first, name); };
  const auto found = std::find_if(entries_.rbegin(), entries_.rend(), named);
  return found == entries_.rend() ? std::string_view() : std::string_view(found->second);
}

}  // namespace nexpo::http

#include "connectors/salesforce/limit_info.hpp"

#include <charconv>

namespace nexpo::salesforce {

namespace {

std::optional<Usage> parse_usage(std::string_view text) {
  Usage usage;
  const char* end = text.data() + text.size();
  const auto [slash, first] = std::from_chars(text.data(), end, usage.used);
  if (first != std::errc() || slash == end || *slash != '/') return {};
  const auto [rest, second] = std::from_chars(slash + 1, end, usage.allowed);
  (void)rest;
  if (second != std::errc() || usage.allowed <= 0) return {};
  return usage;
}

/// Finds `name` where it is not the tail of a longer name: "per-app-api-usage=" ends in "api-usage=".
std::optional<Usage> find_usage(std::string_view header, std::string_view name) {
  for (size_t at = header.find(name); at != std::string_view::npos; at = header.find(name, at + 1)) {
    if (at > 0 && header[at - 1] == '-') continue;
    return parse_usage(header.substr(at + name.size()));
  }
  return {};
}

bool below(const std::optional<Usage>& usage, int reserve_percent) {
  return usage && (usage->allowed - usage->used) * 100 < usage->allowed * reserve_percent;
}

}  // namespace

LimitInfo parse_limit_info(std::string_view header) {
  return {find_usage(header, "api-usage="), find_usage(header, "per-app-api-usage=")};
}

bool below_reserve(const LimitInfo& limits, int reserve_percent) {
  return below(limits.org, reserve_percent) || below(limits.app, reserve_percent);
}

}  // namespace nexpo::salesforce

#include "connectors/salesforce/xml.hpp"

#include <array>
#include <utility>

namespace nexpo::salesforce {

namespace {

constexpr std::array<std::pair<char, std::string_view>, 5> kEntities = {{
    {'&', "&amp;"},
    {'<', "&lt;"},
    {'>', "&gt;"},
    {'"', "&quot;"},
    {'\'', "&apos;"},
}};

/// True if `name` is what stands at `position`, bare or behind a prefix.
bool names_tag(std::string_view opening, std::string_view tag) {
  const std::string_view name = opening.substr(0, opening.find_first_of(" \t\r\n/"));
  const size_t colon = name.find(':');
  return (colon == std::string_view::npos ? name : name.substr(colon + 1)) == tag;
}

std::string unescape(std::string_view text) {
  std::string plain;
  while (!text.empty()) {
    size_t taken = 1;
    char c = text.front();
    for (const auto& [meant, entity] : kEntities) {
      if (text.starts_with(entity)) c = meant, taken = entity.size();
    }
    plain += c;
    text.remove_prefix(taken);
  }
  return plain;
}

}  // namespace

std::string xml_text(std::string_view document, std::string_view tag) {
  for (size_t open = document.find('<'); open != std::string_view::npos; open = document.find('<', open + 1)) {
    const size_t close = document.find('>', open);
    if (close == std::string_view::npos) return {};
    const std::string_view opening = document.substr(open + 1, close - open - 1);
    if (!names_tag(opening, tag) || opening.ends_with('/')) continue;
    return unescape(document.substr(close + 1, document.find('<', close) - close - 1));
  }
  return {};
}

std::string xml_escape(std::string_view text) {
  std::string escaped;
  for (char c : text) {
    std::string_view written(&c, 1);
    for (const auto& [meant, entity] : kEntities) {
      if (c == meant) written = entity;
    }
    escaped += written;
  }
  return escaped;
}

}  // namespace nexpo::salesforce

#include "sync/kept_original.hpp"

#include <fmt/format.h>

namespace nexpo {

KeptOriginal KeptOriginal::parse(std::string_view text) {
  constexpr std::string_view kBetween = R"(,")", kEnd = R"("])";
  const size_t between = text.rfind(kBetween);
  if (!text.starts_with('[') || !text.ends_with(kEnd) || between == std::string_view::npos) return {text, {}};
  const size_t sealed = between + kBetween.size();
  return {text.substr(1, between - 1), text.substr(sealed, text.size() - kEnd.size() - sealed)};
}

std::string KeptOriginal::text() const {
  return sealed.empty() ? std::string(plain) : fmt::format(R"([{},"{}"])", plain, sealed);
}

}  // namespace nexpo

#include "transformer/excerpt.hpp"

#include <fmt/format.h>

#include "transformer/characters.hpp"

namespace nexpo {

std::string excerpt_of(Value value, bool personal) {
  constexpr size_t kExcerptBytesMax = 60;
  if (personal) return "(personal data)";
  const std::string_view text = value.view();
  if (text.size() <= kExcerptBytesMax) return fmt::format("`{}`", text);
  size_t end = 0;
  while (end < kExcerptBytesMax) end += character_size(text, end);
  return fmt::format("`{}...`", text.substr(0, end));
}

}  // namespace nexpo

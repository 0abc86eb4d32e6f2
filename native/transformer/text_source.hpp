// TextSource: an option that is a text in the mapping, or the value of another field of the record.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "transformer/function.hpp"

namespace nexpo {

struct TextSource {
  std::string text;
  std::optional<uint32_t> slot;

  /// Reads "text" or {"field": "Path"} under `key`; reports anything else. Without the key: an empty text.
  static TextSource read(Params& options, std::string_view key, const SlotOf& slot_of);

  std::string_view of(const StepContext& context) const { return slot ? context.source[*slot].view() : text; }
  bool empty() const { return !slot && text.empty(); }
};

}  // namespace nexpo

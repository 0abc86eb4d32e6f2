// KeptOriginal: how the state keeps the source row of a rejected record.
#pragma once

#include <string>
#include <string_view>

namespace nexpo {

/// What stands for a personal value wherever it is told.
constexpr std::string_view kMasked = "\xE2\x80\xA2\xE2\x80\xA2\xE2\x80\xA2";  // three bullets

/// `plain` is the row as a JSON object, with kMasked for personal values; `sealed` the personal values as a JSON
/// object, sealed, or empty. Without them the text is the object; with them it is the list of both, which no row can
/// be.
struct KeptOriginal {
  std::string_view plain, sealed;

  /// Views into `text`.
  static KeptOriginal parse(std::string_view text);
  std::string text() const;
};

}  // namespace nexpo

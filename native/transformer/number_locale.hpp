// NumberLocale: how a language writes numbers.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace nexpo {

/// What may stand between groups of digits; one kind in one number. Every space counts as a space (no-break, narrow and
/// thin ones too), and both apostrophes (' and ’) as one.
enum GroupMarks : uint8_t { kGroupDots = 1, kGroupCommas = 2, kGroupSpaces = 4, kGroupApostrophes = 8 };

struct NumberLocale {
  std::string_view name;  ///< language tag: "de", "de-CH"
  char decimal;           ///< '.' or ','
  uint8_t groups;         ///< GroupMarks
  bool pairs = false;     ///< groups of two digits may stand in front of the last three, as in India

  /// By its name, or null.
  static const NumberLocale* find(std::string_view name);
  static std::vector<std::string_view> names();

  /// Writes `text` as "-1234.5" to `out`. False if marks stand where the language has none: a comma in "1,23" is no
  /// group mark. Whether the rest is a number is for Decimal::parse to say.
  bool spell_plainly(std::string_view text, std::string& out) const;
};

}  // namespace nexpo

// DateChange: cuts a moment down to the start of its month, week or hour, and moves it by months, days and hours.
#pragma once

#include <cstdint>
#include <string_view>

#include "transformer/moment.hpp"
#include "transformer/params.hpp"
#include "transformer/zone.hpp"

namespace nexpo {

enum class DateCut : uint8_t { none, minute, hour, day, week, month, quarter, year };

/// First the cut, then the calendar (years and months, where a day that the month does not have becomes its last one;
/// then weeks and days), then the clock. Weeks begin on Monday.
struct DateChange {
  DateCut cut = DateCut::none;
  int64_t months = 0, days = 0;  ///< by the calendar: a day may have 23 or 25 hours
  int64_t seconds = 0;           ///< by the clock: an hour is an hour

  /// Reads `trunc` and `add` of `options`, and reports what is wrong with them.
  static DateChange read(Params& options);

  bool any() const { return cut != DateCut::none || moves_days() || seconds != 0; }
  bool moves_days() const { return months != 0 || days != 0; }

  /// `zone`, if there is one, is where an instant has its day, and `day_zone` where a day begins. Gives what is wrong
  /// with the moment, or "".
  std::string_view apply(Moment& moment, const Zone* zone, const Zone* day_zone) const;
};

}  // namespace nexpo

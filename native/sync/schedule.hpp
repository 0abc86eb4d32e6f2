// Schedule: when a batch sync runs. A cron expression in a time zone.
#pragma once

#include <bitset>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace nexpo {

/// Five fields: minute hour day-of-month month day-of-week, with `*`, lists, ranges, steps and English month and day
/// names; `@hourly @daily @weekly @monthly`. As in Vixie cron, a day matches if either day field does when both are
/// restricted. Zone: IANA name, default UTC; may stand in front as `CRON_TZ=Europe/Vienna`.
/// A local time that a clock change skips runs at the moment of the change; one that comes twice runs once.
class Schedule {
 public:
  /// Throws Error{invalid} that names the field of the expression and what is allowed there.
  static Schedule parse(std::string_view expression, std::string_view zone = "UTC");

  /// The first time after `after` (to the minute), or nothing if the expression never comes true (30 February).
  std::optional<Time> next(Time after) const;

 private:
  bool day_matches(unsigned day, unsigned month, unsigned weekday) const;

  std::string zone_;
  std::bitset<60> minutes_;
  std::bitset<24> hours_;
  std::bitset<32> days_;
  std::bitset<13> months_;
  std::bitset<7> weekdays_;
  bool any_day_ = false;
  bool any_weekday_ = false;
};

}  // namespace nexpo

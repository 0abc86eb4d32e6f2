// Moment: a date, a wall-clock time, or an instant. The three are never mixed up silently.
#pragma once

#include <cstdint>
#include <string_view>

namespace nexpo {

struct Moment {
  enum class Kind : uint8_t {
    date,     ///< a day without time ("2024-01-02"): the time fields are 0
    local,    ///< a wall clock that does not say where it hangs ("2024-01-02T03:04:05")
    instant,  ///< a point in time: the fields are a wall clock that is `offset` seconds ahead of UTC
  };

  Kind kind = Kind::date;
  int year = 1970;  ///< 1 to 9999
  int month = 1, day = 1;
  int hour = 0, minute = 0, second = 0;
  int fraction_digits = 0;  ///< that were given, up to 9
  uint32_t nanos = 0;
  int offset = 0;  ///< seconds

  /// Whether the day and the time exist, and the instant falls into the years 1 to 9999 of UTC.
  bool is_valid() const;
  /// Seconds since 1970-01-01T00:00:00 on the wall clock of the fields.
  int64_t wall_seconds() const;
  /// The same instant on a wall clock `offset_to` seconds ahead of UTC, or as it is if that leaves the years.
  Moment at_offset(int offset_to) const;
};

/// A moment of `kind` by its wall clock. False if the year does not fit.
bool moment_at(int64_t wall_seconds, Moment::Kind kind, int offset, Moment& moment);

/// ISO 8601 as systems write it: `2024-01-02`, and with `T` or a space `03:04`, `03:04:05`, up to nine fraction digits,
/// `Z`, `+01`, `+0100` or `+01:00`. False for anything else, dates that do not exist included.
bool parse_iso(std::string_view text, Moment& moment);

/// Writes ISO 8601 and gives the size, at most kIsoTextMax: a date as `2024-01-02`, a local time without zone, an
/// instant in UTC with `Z` and 3, 6 or 9 fraction digits, as many as it takes.
constexpr size_t kIsoTextMax = 32;
size_t write_iso(const Moment& moment, char* place);

}  // namespace nexpo

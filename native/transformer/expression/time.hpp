// Timestamps and durations: reading, writing, counting.
#pragma once

#include <optional>
#include <string_view>

#include "transformer/expression/run.hpp"
#include "transformer/moment.hpp"

namespace nexpo::cel {

constexpr int64_t kNanosPerSecond = 1'000'000'000;

/// RFC 3339: a date, a time, an offset ("Z", "+01:00", "+0100").
std::optional<Datum> parse_instant(std::string_view text);
/// By the second since 1970, if it lies within the years 1 to 9999.
std::optional<Datum> instant_at(int64_t seconds, uint32_t nanos);
/// "1h30m", "-1.5s", "250ms", "0".
std::optional<Datum> parse_duration(std::string_view text);
/// "2024-01-02T03:04:05.5Z": as many fraction digits as it takes. Gives the size, at most kIsoTextMax.
size_t write_instant(const Datum& instant, char* place);
/// "5400s", "-1.5s". Gives the size, at most kDurationTextMax.
constexpr size_t kDurationTextMax = 32;
size_t write_duration(int64_t nanos, char* place);
/// On a clock that is `offset` seconds ahead of UTC.
Moment moment_of(const Datum& instant, int offset);

bool move_instant(Run& run, const Datum& instant, int64_t nanos, Datum& out);
bool span_between(Run& run, const Datum& from, const Datum& to, Datum& out);
bool add_durations(Run& run, int64_t a, int64_t b, Datum& out);
bool subtract_durations(Run& run, int64_t a, int64_t b, Datum& out);

}  // namespace nexpo::cel

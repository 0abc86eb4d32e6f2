#include "sync/conflict/stamp_time.hpp"

#include <charconv>

#include <fmt/format.h>

#include "transformer/moment.hpp"

namespace nexpo {

std::optional<Time> stamp_time(std::string_view version) {
  Moment moment;
  if (!parse_iso(version, moment) || moment.kind != Moment::Kind::instant) return std::nullopt;
  return Time(std::chrono::seconds(moment.wall_seconds() - moment.offset) +
              std::chrono::microseconds(moment.nanos / 1000));
}

namespace {

/// Systems that stamp by the second say nothing of what happens later in that second.
constexpr std::chrono::seconds kStampGrain{1};
constexpr char kSeenAt = '~';

bool is_coarse(std::string_view version) {
  const std::optional<Time> at = stamp_time(version);
  return at && at->time_since_epoch() % kStampGrain == std::chrono::microseconds{0};
}

}  // namespace

std::string noted_version(std::string_view version, std::string_view before, Time began, Time now) {
  if (version == before || !is_coarse(version)) return std::string(version);
  const size_t size = version.size();
  if (before.starts_with(version) && before.size() > size && before[size] == kSeenAt) {
    int64_t seen = 0;
    std::from_chars(before.data() + size + 1, before.data() + before.size(), seen);
    const bool over = began - Time(std::chrono::microseconds(seen)) > kStampGrain;
    return std::string(over ? version : before);
  }
  return fmt::format("{}{}{}", version, kSeenAt, now.time_since_epoch().count());
}

}  // namespace nexpo

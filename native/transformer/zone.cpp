#include "transformer/zone.hpp"

#include <date/tz.h>

namespace nexpo {

std::optional<Zone> Zone::find(const std::string& name) {
  try {
    return Zone(*date::locate_zone(name));
  } catch (const std::runtime_error&) {
    return std::nullopt;  // the library has no other way to say so
  }
}

Zone::Zone(const date::time_zone& zone) : zone_(&zone) {
  const date::sys_info info = zone.get_info(date::sys_seconds{});
  const bool for_ever =
      info.begin <= date::sys_days{date::year{1} / 1 / 1} && info.end > date::sys_days{date::year{9999} / 12 / 31};
  if (for_ever) fixed_ = static_cast<int>(info.offset.count());
}

int Zone::offset_at(const Moment& instant) const {
  if (fixed_) return *fixed_;
  const date::sys_seconds utc{std::chrono::seconds(instant.wall_seconds() - instant.offset)};
  return static_cast<int>(zone_->get_info(utc).offset.count());
}

int Zone::offset_on_wall(const Moment& wall) const {
  if (fixed_) return *fixed_;
  const date::local_seconds seconds{std::chrono::seconds(wall.wall_seconds())};
  // In a gap the first offset is the one before it, in an overlap that of the earlier moment.
  return static_cast<int>(zone_->get_info(seconds).first.offset.count());
}

}  // namespace nexpo

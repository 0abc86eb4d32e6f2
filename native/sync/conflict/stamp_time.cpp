#include "sync/conflict/stamp_time.hpp"

#include "transformer/moment.hpp"

namespace nexpo {

std::optional<Time> stamp_time(std::string_view version) {
  Moment moment;
  if (!parse_iso(version, moment) || moment.kind != Moment::Kind::instant) return std::nullopt;
  return Time(std::chrono::seconds(moment.wall_seconds() - moment.offset) +
              std::chrono::microseconds(moment.nanos / 1000));
}

}  // namespace nexpo

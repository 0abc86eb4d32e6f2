// Zone: a time zone of the system's database.
#pragma once

#include <optional>
#include <string>

#include "transformer/moment.hpp"

namespace date {
class time_zone;
}

namespace nexpo {

/// Thread-safe, copied freely; the database behind it lives as long as the process. Offsets are in seconds ahead of
/// UTC.
class Zone {
 public:
  /// By its IANA name, or nothing if there is none.
  static std::optional<Zone> find(const std::string& name);

  int offset_at(const Moment& instant) const;
  /// For a wall clock in the zone. One that a change of clocks leaves out moves on by the length of the gap; of two
  /// moments with the same wall clock the earlier one is meant.
  int offset_on_wall(const Moment& wall) const;

 private:
  explicit Zone(const date::time_zone& zone);

  const date::time_zone* zone_;
  std::optional<int> fixed_;  ///< the offset of a zone that never changes it, as UTC
};

}  // namespace nexpo

// stamp_time: a record's change stamp as a point in time.
#pragma once

#include <optional>
#include <string_view>

#include "base/clock.hpp"

namespace nexpo {

/// Systems write instants as ISO 8601; PostgreSQL's own form has a space in the middle. Nothing for counters and wall
/// clocks without a zone: they say which came first in their own system only.
std::optional<Time> stamp_time(std::string_view version);

/// What is kept of a change stamp under which a run that began at `began` has looked at a record; `before` was kept so
/// far. An edit in the same second as ours has the same stamp, so a stamp of whole seconds is known only once a run
/// that began after that second has seen it again. Until then the time of the first look, `now`, is kept with it, and
/// it equals no stamp.
std::string noted_version(std::string_view version, std::string_view before, Time began, Time now);

}  // namespace nexpo

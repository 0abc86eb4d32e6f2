// stamp_time: a record's change stamp as a point in time.
#pragma once

#include <optional>
#include <string_view>

#include "base/clock.hpp"

namespace nexpo {

/// Systems write instants as ISO 8601; PostgreSQL's own form has a space in the middle. Nothing for counters and wall
/// clocks without a zone: they say which came first in their own system only.
std::optional<Time> stamp_time(std::string_view version);

}  // namespace nexpo

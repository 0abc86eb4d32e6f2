// Retry-After: how long a server asks us to wait.
#pragma once

#include <optional>

#include "base/clock.hpp"
#include "http/client.hpp"

namespace nexpo::http {

/// Reads seconds ("120") or an HTTP date, which is counted from the answer's own Date if it has one, as clocks differ.
/// Nothing if the header is missing or not understood; zero for a date that is past.
std::optional<Millis> retry_after_of(const Response& response, Time now);

}  // namespace nexpo::http

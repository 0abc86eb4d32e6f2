// Points in time as Salesforce writes and reads them. Whole seconds: it ignores anything finer in comparisons.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/arena.hpp"

namespace nexpo::salesforce {

using Seconds = std::chrono::sys_seconds;

/// `2024-01-02T03:04:05` with 0 to 9 digits of a fraction (dropped) and `Z`, `+0000` or `+00:00` behind it: REST, Bulk
/// and change events each write it in their own way. Nothing if it is not that.
std::optional<Seconds> parse_time(std::string_view text);

/// `2024-01-02T03:04:05Z`, the form of a SOQL literal (no quotes there).
std::string to_text(Seconds time);

/// REST's `+0000` becomes `Z`, so that one moment has one text whichever API gave it. Everything else is left alone.
std::string_view normal_time(std::string_view text, Arena& arena);

}  // namespace nexpo::salesforce

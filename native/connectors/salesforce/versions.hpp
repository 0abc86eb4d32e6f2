// API versions: what the org offers against what we want.
#pragma once

#include <string>
#include <string_view>

namespace nexpo::salesforce {

constexpr std::string_view kVersionWanted = "66.0";
/// Upserts of collections exist from here on.
constexpr int kVersionMin = 46;
/// Result pages of a bulk query can be read side by side from here on.
constexpr int kParallelResultsVersion = 58;

/// 66 for "66.0" or "v66.0". 0 if it is not a version.
int major_of(std::string_view version);

/// `body` answers GET /services/data: [{"version":"66.0", ...}, ...]. The lesser of `wanted` and the newest one
/// offered. Throws Error{invalid} if what is left is older than kVersionMin, or if the body is something else.
std::string choose_version(std::string_view body, std::string_view wanted);

}  // namespace nexpo::salesforce

// The quota that every REST answer tells: Sforce-Limit-Info.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace nexpo::salesforce {

struct Usage {
  int64_t used = 0;
  int64_t allowed = 0;
};

struct LimitInfo {
  std::optional<Usage> org;  ///< calls of the whole org in 24 hours
  std::optional<Usage> app;  ///< calls of this connected app, if the org caps it
};

/// `api-usage=25/5000` or `api-usage=25/5000; per-app-api-usage=17/250(appName=sample-app)`. Each part is searched for,
/// never anchored: whatever else joins the header leaves the guard working.
LimitInfo parse_limit_info(std::string_view header);

/// True if fewer than `reserve_percent` of the calls are left in either part.
bool below_reserve(const LimitInfo& limits, int reserve_percent);

}  // namespace nexpo::salesforce

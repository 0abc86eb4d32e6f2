#include "connectors/salesforce/versions.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/error.hpp"

namespace nexpo::salesforce {

int major_of(std::string_view version) {
  if (version.starts_with('v')) version.remove_prefix(1);
  int major = 0;
  const auto [end, error] = std::from_chars(version.data(), version.data() + version.size(), major);
  const std::string_view rest(end, version.data() + version.size() - end);
  return error == std::errc() && (rest.empty() || rest == ".0") ? major : 0;
}

std::string choose_version(std::string_view body, std::string_view wanted) {
  const nlohmann::json offers = nlohmann::json::parse(body, nullptr, false);
  int newest = 0;
  if (offers.is_array()) {
    for (const nlohmann::json& offer : offers) {
      if (offer.is_object()) newest = std::max(newest, major_of(offer.value("version", "")));
    }
  }
  if (newest == 0) {
    throw Error(ErrorKind::invalid, "salesforce: /services/data lists no API versions; is this URL a Salesforce host?")
        .with_field("loginUrl");
  }
  const int chosen = std::min(newest, major_of(wanted));
  if (chosen < kVersionMin) {
    throw Error(ErrorKind::invalid,
                fmt::format("salesforce: API version {} is too old, at least {}.0 is needed (the org "
                            "offers up to {}.0)",
                            wanted, kVersionMin, newest))
        .with_field("apiVersion");
  }
  return fmt::format("{}.0", chosen);
}

}  // namespace nexpo::salesforce

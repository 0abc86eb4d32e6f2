#include "http/retry_after.hpp"

#include <algorithm>
#include <charconv>

#include "http/http_date.hpp"

namespace nexpo::http {
namespace {

constexpr int64_t kSecondsMax = 365LL * 24 * 3600;  // more is taken for this, so that no sum of times overflows

std::optional<int64_t> whole_seconds(std::string_view text) {
  // A fraction is against the rules, but seen: it is rounded up.
  int64_t seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  const std::string_view rest = text.substr(static_cast<size_t>(end - text.data()));
  const bool fraction = rest.size() > 1 && rest[0] == '.' && rest.find_first_not_of("0123456789", 1) == rest.npos;
  if (error == std::errc::result_out_of_range && !text.starts_with('-')) return kSecondsMax;
  if (error != std::errc() || seconds < 0 || (!rest.empty() && !fraction)) return {};
  return std::min(seconds + (fraction ? 1 : 0), kSecondsMax);
}

}  // namespace

std::optional<Millis> retry_after_of(const Response& response, Time now) {
  const std::string_view text = response.headers.get("Retry-After");
  if (const std::optional<int64_t> seconds = whole_seconds(text)) return std::chrono::seconds(*seconds);
  const std::optional<Time> at = parse_http_date(text);
  if (!at) return {};
  const Time server_now = parse_http_date(response.headers.get("Date")).value_or(now);
  const Time latest = server_now + std::chrono::seconds(kSecondsMax);
  return std::chrono::ceil<Millis>(std::min(std::max(*at, server_now), latest) - server_now);
}

}  // namespace nexpo::http

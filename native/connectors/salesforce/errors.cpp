#include "connectors/salesforce/errors.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "connectors/salesforce/xml.hpp"
#include "http/url.hpp"

namespace nexpo::salesforce {

namespace {

using nlohmann::json;

constexpr size_t kMessageBytesMax = 500;    // an HTML page or a stack trace is cut
constexpr Millis kSoon{2'000};              // concurrent-call limit, token request under way
constexpr Millis kQuotaPause{30 * 60'000};  // the quota counts the last 24 hours

std::string text_at(const json& object, std::string_view name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::string first_text(const json& object, std::initializer_list<std::string_view> names) {
  for (std::string_view name : names) {
    if (std::string text = text_at(object, name); !text.empty()) return text;
  }
  return {};
}

Fault fault_of_object(const json& object) {
  Fault fault;
  fault.code = first_text(object, {"errorCode", "statusCode", "exceptionCode", "error"});
  fault.message = first_text(object, {"message", "exceptionMessage", "error_description"});
  const auto fields = object.find("fields");
  if (fields != object.end() && fields->is_array() && !fields->empty() && fields->front().is_string()) {
    fault.field = fields->front();
  }
  return fault;
}

Fault fault_of_json(const json& body) {
  if (body.is_object()) return fault_of_object(body);
  Fault fault;
  for (const json& element : body) {
    if (!element.is_object()) continue;
    Fault next = fault_of_object(element);
    if (fault.code.empty()) {
      fault = std::move(next);
    } else {
      fault.message += "; " + next.message;
    }
  }
  return fault;
}

Fault fault_of_xml(std::string_view body) {
  Fault fault;
  for (std::string_view tag : {"exceptionCode", "errorCode", "faultcode"}) {
    if (fault.code.empty()) fault.code = xml_text(body, tag);
  }
  for (std::string_view tag : {"exceptionMessage", "message", "faultstring"}) {
    if (fault.message.empty()) fault.message = xml_text(body, tag);
  }
  // A SOAP fault writes its code with a namespace in front: sf:INVALID_LOGIN.
  if (const size_t colon = fault.code.find(':'); colon != std::string::npos) fault.code.erase(0, colon + 1);
  return fault;
}

/// Keeps a message on one line and at a sane length.
std::string one_line(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < ' ') c = ' ';
  }
  if (text.size() > kMessageBytesMax) text.replace(kMessageBytesMax, std::string::npos, "...");
  return text;
}

template <size_t N>
bool one_of(std::string_view code, const std::array<std::string_view, N>& codes) {
  return std::find(codes.begin(), codes.end(), code) != codes.end();
}

constexpr std::array<std::string_view, 15> kUnauthorized = {"INVALID_SESSION_ID",   "InvalidSessionId",
                                                            "INVALID_AUTH_HEADER",  "INVALID_JWT_FORMAT",
                                                            "INVALID_LOGIN",        "LOGIN_MUST_USE_SECURITY_TOKEN",
                                                            "API_DISABLED_FOR_ORG", "INSUFFICIENT_ACCESS",
                                                            "invalid_grant",        "invalid_client",
                                                            "invalid_client_id",    "inactive_user",
                                                            "inactive_org",         "INSUFFICIENT_ACCESS_OR_READONLY",
                                                            "unauthorized_client"};
constexpr std::array<std::string_view, 4> kThrottled = {"REQUEST_LIMIT_EXCEEDED", "LIMIT_EXCEEDED",
                                                        "rate_limit_exceeded", "ExceededQuota"};
constexpr std::array<std::string_view, 7> kUnavailable = {
    "SERVER_UNAVAILABLE",     "UNABLE_TO_LOCK_ROW",          "UNKNOWN_EXCEPTION", "QUERY_TIMEOUT",
    "API_CURRENTLY_DISABLED", "TXN_SECURITY_METERING_ERROR", "server_error"};
constexpr std::array<std::string_view, 3> kConflict = {"ENTITY_IS_DELETED", "DELETE_FAILED", "PRECONDITION_FAILED"};

ErrorKind kind_of_status(int status) {
  switch (status) {
    case 401: return ErrorKind::unauthorized;
    case 412: return ErrorKind::conflict;
    case 429: return ErrorKind::throttled;
    case 406:
    case 420:  // a sleeping or new org, with an HTML page
    case 500:
    case 502:
    case 503:
    case 504: return ErrorKind::unavailable;
    default: return ErrorKind::invalid;
  }
}

bool token_request_under_way(const Fault& fault) {
  return fault.message.find("already being processed") != std::string::npos;
}

ErrorKind kind_of(const Fault& fault, int status) {
  if (token_request_under_way(fault)) return ErrorKind::unavailable;
  if (one_of(fault.code, kUnauthorized)) return ErrorKind::unauthorized;
  if (one_of(fault.code, kThrottled)) return ErrorKind::throttled;
  if (one_of(fault.code, kUnavailable)) return ErrorKind::unavailable;
  if (one_of(fault.code, kConflict)) return ErrorKind::conflict;
  return kind_of_status(status);
}

std::optional<Millis> pause_of(const Fault& fault) {
  if (token_request_under_way(fault)) return kSoon;
  if (!one_of(fault.code, kThrottled)) return {};
  return daily_quota_exceeded(fault) ? kQuotaPause : kSoon;
}

bool is_redirect(int status) { return status == 301 || status == 302 || status == 307 || status == 308; }

std::string sentence(const Fault& fault, int status, std::string_view doing) {
  if (fault.code.empty()) return fmt::format("{}: HTTP {}: {}", doing, status, fault.message);
  return fmt::format("{}: {}: {}", doing, fault.code, fault.message);
}

}  // namespace

Fault fault_of(int status, std::string_view body) {
  const size_t start = body.find_first_not_of(" \t\r\n");
  Fault fault;
  if (start == std::string_view::npos) {
    fault.message = fmt::format("the answer has no body");
  } else if (body[start] == '[' || body[start] == '{') {
    const json parsed = json::parse(body, nullptr, false);
    if (!parsed.is_discarded()) fault = fault_of_json(parsed);
  } else if (body[start] == '<') {
    fault = fault_of_xml(body);
    if (fault.code.empty()) {
      const std::string title = xml_text(body, "title");
      fault.message = "an HTML page" + (title.empty() ? std::string() : " titled \"" + title + "\"");
    }
  }
  if (fault.message.empty()) {
    fault.message = fault.code.empty() ? fmt::format("HTTP {} without a reason", status) : "no message given";
  }
  fault.message = one_line(std::move(fault.message));
  return fault;
}

Error error_of(const Fault& fault, int status, std::string_view doing) {
  Error error(kind_of(fault, status), sentence(fault, status, doing), pause_of(fault));
  // The server broke down at some point, perhaps behind the write.
  const bool unknown = fault.code == "UNKNOWN_EXCEPTION" || (fault.code.empty() && status >= 500);
  if (unknown) error = std::move(error).with_unknown_outcome();
  return std::move(error).with_code(fault.code).with_field(fault.field);
}

Error error_of(const http::Response& response, std::string_view doing) {
  if (is_redirect(response.status)) {
    const std::string place = http::printable_url(response.headers.get("Location"));
    return Error(ErrorKind::invalid, fmt::format("{}: the host has moved to {}; set loginUrl to it", doing, place))
        .with_field("loginUrl");
  }
  return error_of(fault_of(response.status, response.body), response.status, doing);
}

std::optional<Error> worth_repeating(const http::Response& response, std::string_view doing) {
  const bool fine = response.status < 400 && response.status != 300;
  if (fine) return {};
  const Fault fault = fault_of(response.status, response.body);
  if (daily_quota_exceeded(fault) || fault.code == kQueryTimeout) return {};
  Error error = error_of(fault, response.status, doing);
  if (!error.retryable()) return {};
  return error;
}

bool session_expired(const http::Response& response) {
  if (is_redirect(response.status)) return true;
  if (response.status != 401) return false;
  return response.body.find("This session is not valid for use with the REST API") == std::string::npos &&
         response.body.find("Connected app is not attached to Agent") == std::string::npos;
}

bool daily_quota_exceeded(const Fault& fault) {
  return fault.code == "REQUEST_LIMIT_EXCEEDED" && fault.message.find("TotalRequests") != std::string::npos;
}

bool row_was_locked(std::string_view code, std::string_view message) {
  return code == "UNABLE_TO_LOCK_ROW" || message.find("UNABLE_TO_LOCK_ROW") != std::string_view::npos;
}

bool row_may_pass_later(std::string_view code, std::string_view message) {
  if (code == kUnprocessed || row_was_locked(code, message)) return true;
  if (one_of(code, kUnavailable) || one_of(code, kThrottled)) return true;
  return code == "INVALID_CROSS_REFERENCE_KEY" || message.find("Foreign key external ID") != std::string_view::npos;
}

bool row_is_gone(std::string_view code) {
  return code == "ENTITY_IS_DELETED" || code == "NOT_FOUND" || code == "INVALID_CROSS_REFERENCE_KEY";
}

Fault parse_bulk_row_error(std::string_view text) {
  Fault fault;
  const size_t colon = text.find(':');
  fault.code = text.substr(0, colon);
  if (colon == std::string_view::npos) return fault;
  text.remove_prefix(colon + 1);
  if (text.ends_with("--")) text.remove_suffix(2);
  while (text.ends_with(' ')) text.remove_suffix(1);
  const size_t last = text.rfind(':');
  fault.message = text.substr(0, last);
  if (last != std::string_view::npos) fault.field = text.substr(last + 1, text.find(',', last) - last - 1);
  return fault;
}

}  // namespace nexpo::salesforce

// What Salesforce says when it refuses, in all of its shapes, as our error kinds.
//
// One vendor, six shapes: REST arrays [{errorCode, message, fields}], OAuth objects {error, error_description},
// Bulk objects {exceptionCode, exceptionMessage}, XML (<errorCode>, <exceptionCode>, SOAP faults), HTML pages, nothing.
// A 403 is used for quota and for permission alike, so the code decides first, then the text, and only then the status.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "http/client.hpp"

namespace nexpo::salesforce {

/// What was said, before it is judged.
struct Fault {
  std::string code;     ///< "REQUIRED_FIELD_MISSING", "invalid_grant"; empty for HTML and empty bodies
  std::string message;  ///< one line
  std::string field;    ///< the first field that is named, or empty
};

/// Reads an error body of any shape. Several elements (two validation rules) become one message.
Fault fault_of(int status, std::string_view body);

/// The error for a fault. `doing` says what was tried: "salesforce: query on Account".
Error error_of(const Fault& fault, int status, std::string_view doing);

/// The error for an answer that is no success.
Error error_of(const http::Response& response, std::string_view doing);

/// The error of a failure that a repeat within seconds may mend; nothing for every other answer, failures included. A
/// daily quota takes hours, and a query that ran into the server's 120 s would do so again.
std::optional<Error> worth_repeating(const http::Response& response, std::string_view doing);

/// True if a new access token would help: a redirect, since the token names the org's host anew, or a 401, except for
/// the two texts that come back with every token.
bool session_expired(const http::Response& response);

/// "TotalRequests": the quota of 24 hours is used up, which no short wait mends. The other kind (too many long calls at
/// once) passes in seconds.
bool daily_quota_exceeded(const Fault& fault);

/// Our code for a row that a bulk job ended without coming to.
constexpr std::string_view kUnprocessed = "unprocessed";
constexpr std::string_view kQueryTimeout = "QUERY_TIMEOUT";

/// A row was refused for a reason that may be gone in the next run: locks, a missing parent, server trouble.
bool row_may_pass_later(std::string_view code, std::string_view message);

/// A row lost against another transaction and is worth another try right now. Platform code (triggers, flows) hides
/// the lock behind a code of its own.
bool row_was_locked(std::string_view code, std::string_view message);

/// A removal failed because the record is gone already.
bool row_is_gone(std::string_view code);

/// `CODE:message:fieldList --`, as the failed rows of a Bulk job say it.
Fault parse_bulk_row_error(std::string_view text);

}  // namespace nexpo::salesforce

// Url: taking URLs apart, putting them together, and showing them without what must stay secret.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace nexpo::http {

/// An absolute http or https URL. Parts keep their encoding.
struct Url {
  std::string scheme;    ///< lower case
  std::string userinfo;  ///< "user:password", or empty
  std::string host;      ///< lower case; an IPv6 address keeps its brackets
  std::string port;      ///< digits; empty if it was not given or is the default of the scheme
  std::string path;      ///< begins with "/"
  std::string query;     ///< without "?"

  std::string origin() const;  ///< "https://host" or "https://host:port"
};

/// A fragment is dropped. Throws Error{invalid} that names the fault and shows the URL without secrets.
Url parse_url(std::string_view text);

/// Percent-encodes everything but RFC 3986's unreserved characters: for one path segment or one query name or value.
std::string encode_component(std::string_view text);

/// "a=1&b=x%20y". Also the body of an application/x-www-form-urlencoded request.
using QueryItem = std::pair<std::string_view, std::string_view>;
std::string encode_query(std::initializer_list<QueryItem> items);

/// Adds `items` behind whatever query `url` has.
std::string with_query(std::string_view url, std::initializer_list<QueryItem> items);

/// `reference` as seen from `base`: an absolute URL stays what it is, "/path" replaces the path of `base`, and
/// "path" is put below it ("https://host/api" + "items" = "https://host/api/items", with or without a slash between).
std::string join_url(std::string_view base, std::string_view reference);

/// True for "http://..." and "https://...".
bool is_absolute_url(std::string_view text);

/// For messages and logs: without user, password, query and fragment. Takes any text, never throws.
std::string printable_url(std::string_view text);

}  // namespace nexpo::http

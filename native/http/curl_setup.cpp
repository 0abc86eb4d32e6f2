#include "http/curl_setup.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <new>

#include "http/url.hpp"

namespace nexpo::http {
namespace {

constexpr long kReadBytes = 128 * 1024;  // of one read from a socket, so that a large body comes in large pieces

bool is_token(std::string_view text) {
  const auto fits = [](unsigned char c) {
    return std::isalnum(c) != 0 ||
           std::string_view("!#$%&'*+-.^_`|~").find(static_cast<char>(c)) != std::string_view::npos;
  };
  return !text.empty() && std::all_of(text.begin(), text.end(), fits);
}

void append(HeaderList& list, const std::string& line) {
  curl_slist* longer = curl_slist_append(list.get(), line.c_str());
  if (longer == nullptr) throw std::bad_alloc();
  static_cast<void>(list.release());
  list.reset(longer);
}

HeaderList header_lines(const Request& request) {
  HeaderList list;
  for (const auto& [name, value] : request.headers)
    append(list, value.empty() ? name + ";" : fmt::format("{}: {}", name, value));  // ";" sends an empty value
  // Headers that libcurl would add by itself and that we do not want.
  append(list, "Expect:");
  if (request.headers.get("Content-Type").empty()) append(list, "Content-Type:");
  if (request.headers.get("Accept-Encoding").empty()) append(list, "Accept-Encoding: gzip");
  return list;
}

void set_method(CURL* handle, const Request& request) {
  const std::string& method = request.method;
  if (method == "HEAD") {
    curl_easy_setopt(handle, CURLOPT_NOBODY, 1L);
    return;
  }
  const bool has_body = !request.body.empty() || method == "POST" || method == "PUT" || method == "PATCH";
  if (has_body) {
    curl_easy_setopt(handle, CURLOPT_POST, 1L);
    curl_easy_setopt(handle, CURLOPT_POSTFIELDS, request.body.data());
    curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
  }
  curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, method.c_str());
}

void set_trust(CURL* handle, const CurlOptions& options) {
  if (options.ca_pem.empty()) return;
  curl_blob certificates{const_cast<char*>(options.ca_pem.data()), options.ca_pem.size(), CURL_BLOB_NOCOPY};
  curl_easy_setopt(handle, CURLOPT_CAINFO, nullptr);
  curl_easy_setopt(handle, CURLOPT_CAPATH, nullptr);
  curl_easy_setopt(handle, CURLOPT_CAINFO_BLOB, &certificates);
}

}  // namespace

void check_request(const Request& request) {
  const Url url = parse_url(request.url);
  const std::string shown = request.method + " " + printable_url(request.url);
  if (!url.userinfo.empty()) {
    throw Error(ErrorKind::invalid, shown + ": the URL has a user or password in it; use the authentication settings");
  }
  if (!is_token(request.method)) throw Error(ErrorKind::invalid, shown + ": the method is not a word");
  for (const auto& [name, value] : request.headers) {
    if (!is_token(name)) throw Error(ErrorKind::invalid, shown + ": a header name has a character that is not allowed");
    if (value.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos)
      throw Error(ErrorKind::invalid,
                  fmt::format("{}: the header {} has a line break or NUL in its value", shown, name));
  }
}

HeaderList set_up(CURL* handle, const Request& request, const CurlOptions& options) {
  HeaderList list = header_lines(request);
  curl_easy_setopt(handle, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(handle, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
  curl_easy_setopt(handle, CURLOPT_HTTPHEADER, list.get());
  curl_easy_setopt(handle, CURLOPT_USERAGENT, options.user_agent.c_str());
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle, CURLOPT_PROXY, "");  // the environment's proxy would hide the address from the guard
  curl_easy_setopt(handle, CURLOPT_TCP_KEEPALIVE, 1L);
  curl_easy_setopt(handle, CURLOPT_BUFFERSIZE, kReadBytes);
  curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(request.limits.connect_ms.count()));
  if (!request.idempotent) curl_easy_setopt(handle, CURLOPT_FRESH_CONNECT, 1L);  // see CurlClient
  set_method(handle, request);
  set_trust(handle, options);
  return list;
}

}  // namespace nexpo::http

// What libcurl is told about a request.
#pragma once

#include <curl/curl.h>

#include <memory>
#include <string>

#include "http/curl_client.hpp"

namespace nexpo::http {

struct FreeHeaderList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using HeaderList = std::unique_ptr<curl_slist, FreeHeaderList>;

/// Throws Error{invalid} for a method, URL or header that must not be sent: not http or https, user and password in
/// the URL, a line break in a header.
void check_request(const Request& request);

/// Sets all options but the callbacks. `handle` borrows `request`, `options` and the list for the whole transfer.
HeaderList set_up(CURL* handle, const Request& request, const CurlOptions& options);

}  // namespace nexpo::http

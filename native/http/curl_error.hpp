// What a failure inside libcurl means to us.
#pragma once

#include <curl/curl.h>

#include <string_view>

#include "base/error.hpp"

namespace nexpo::http {

struct CurlFault {
  ErrorKind kind;
  std::string_view text;
};

/// `code` is not CURLE_OK. Trouble of the network or the server is `unavailable`; what a repeat cannot mend is
/// `invalid` (a certificate that is not trusted, a URL libcurl cannot take).
CurlFault fault_of(CURLcode code);

}  // namespace nexpo::http

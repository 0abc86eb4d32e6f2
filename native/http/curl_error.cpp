#include "http/curl_error.hpp"

namespace nexpo::http {

CurlFault fault_of(CURLcode code) {
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST: return {ErrorKind::unavailable, "the host name could not be resolved"};
    case CURLE_COULDNT_CONNECT: return {ErrorKind::unavailable, "the connection was refused"};
    case CURLE_OPERATION_TIMEDOUT: return {ErrorKind::unavailable, "no connection within the time limit (connect_ms)"};
    case CURLE_SSL_CONNECT_ERROR: return {ErrorKind::unavailable, "the TLS handshake failed"};
    case CURLE_PEER_FAILED_VERIFICATION:
      return {ErrorKind::invalid, "the server's certificate is not trusted; add its authority to the trusted ones"};
    case CURLE_SSL_CACERT_BADFILE: return {ErrorKind::invalid, "the trusted certificates could not be read as PEM"};
    case CURLE_URL_MALFORMAT: return {ErrorKind::invalid, "the URL cannot be used"};
    case CURLE_UNSUPPORTED_PROTOCOL:  // of the URL it was checked before: this is an answer without a status line
    case CURLE_WEIRD_SERVER_REPLY: return {ErrorKind::unavailable, "what the server sent is not HTTP"};
    case CURLE_OUT_OF_MEMORY: return {ErrorKind::internal, "out of memory"};
    case CURLE_PARTIAL_FILE: return {ErrorKind::unavailable, "the answer was cut off before its end"};
    case CURLE_GOT_NOTHING: return {ErrorKind::unavailable, "the server closed the connection without an answer"};
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR: return {ErrorKind::unavailable, "the connection broke"};
    default: return {ErrorKind::unavailable, curl_easy_strerror(code)};
  }
}

}  // namespace nexpo::http

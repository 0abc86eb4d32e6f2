// The HTTP client that connectors see. Every policy (retry, rate limit, OAuth, network guard) is itself a Client.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/cancel.hpp"
#include "base/task.hpp"

namespace nexpo::http {

/// Names are compared without regard to case; order is kept.
class Headers {
 public:
  void set(std::string_view name, std::string_view value);  ///< replaces
  void add(std::string_view name, std::string_view value);
  std::string_view get(std::string_view name) const;  ///< the last one, "" if there is none
  auto begin() const { return entries_.begin(); }
  auto end() const { return entries_.end(); }

 private:
  std::vector<std::pair<std::string, std::string>> entries_;
};

/// Limits of one exchange. A breach is Error{unavailable} (times) or Error{invalid} (sizes), with the limit's name.
struct Limits {
  Millis connect_ms{10'000};
  Millis total_ms{130'000};                  ///< not for streamed bodies
  Millis stalled_ms{60'000};                 ///< no byte for this long
  size_t body_bytes_max = 64 * 1024 * 1024;  ///< after decompression; for a streamed body: no limit on the whole
};

/// The bytes of a request. Copies share them, so keeping a request for a repeat costs nothing.
class Body {
 public:
  Body() = default;
  // Implicit on purpose: a body is set from a text.
  Body(std::string bytes)  // NOLINT(google-explicit-constructor)
      : bytes_(std::make_shared<const std::string>(std::move(bytes))) {}
  Body(const char* text) : Body(std::string(text)) {}  // NOLINT(google-explicit-constructor)

  std::string_view view() const { return bytes_ ? std::string_view(*bytes_) : ""; }
  bool empty() const { return view().empty(); }
  size_t size() const { return view().size(); }
  const char* data() const { return view().data(); }

 private:
  std::shared_ptr<const std::string> bytes_;
};

struct Request {
  std::string method = "GET";
  std::string url;  ///< absolute http or https
  Headers headers;
  Body body;
  Limits limits;
  bool stream = false;     ///< hand the body of a 2xx answer over in chunks
  bool idempotent = true;  ///< false: never repeated once bytes of it may have been processed
  CancelToken cancel;
};

/// The body as it arrives, decompressed, with backpressure: the socket is paused while nobody asks.
class BodyStream {
 public:
  virtual ~BodyStream() = default;
  /// The next chunk, empty at the proper end. Throws Error{unavailable} if the body was cut. One call at a time.
  virtual Task<std::string> next() = 0;
};

struct Response {
  int status = 0;
  Headers headers;
  std::string body;                    ///< has spare capacity for a JSON parser's padding
  std::unique_ptr<BodyStream> stream;  ///< only for a streamed 2xx
  std::string url;                     ///< that answered
  bool in_doubt = false;               ///< the request was repeated after an attempt whose outcome is unknown
};

/// Gives the answer of any status, or throws Error: unavailable (network, timeout), cancelled, invalid (refused by
/// the network guard, over a size limit). Calls may overlap. Lives on the loop thread.
class Client {
 public:
  virtual ~Client() = default;
  virtual Task<Response> send(Request request) = 0;
};

/// Spare bytes behind Response::body.
constexpr size_t kBodyPadding = 64;

}  // namespace nexpo::http

// HttpServer: HTTP/1.1 over epoll, with threads of its own. Just enough for the benchmarks, and fast enough that the
// server is not what they measure.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace bench {

struct Request {
  std::string_view method;
  std::string_view path;   ///< without the query
  std::string_view query;  ///< without the question mark, still encoded
  std::string_view body;   ///< at least kBodyPadding readable bytes follow it
};
constexpr size_t kBodyPadding = 64;

/// A body that is made while it is sent, so that it is never in memory as a whole.
class BodyStream {
 public:
  virtual ~BodyStream() = default;
  virtual uint64_t length() const = 0;
  /// Appends the next piece to `out`, which is empty but keeps its memory. False after the last one.
  virtual bool next(std::string& out) = 0;
};

struct Response {
  int status = 200;
  std::string headers = {};  ///< further lines, each with its line end
  std::string body = {};
  std::unique_ptr<BodyStream> stream = {};  ///< instead of `body`
  std::chrono::microseconds delay{0};       ///< time from the whole request to the first byte of the answer
  std::string_view type = "application/json;charset=UTF-8";
};

struct ServerOptions {
  int port = 0;  ///< 0: any free one
  int threads = 1;
  int connections_max = 0;  ///< further ones are closed at once; 0: no limit
};

class HttpServer {
 public:
  /// Called by several threads at once.
  using Handler = std::function<Response(const Request&)>;

  /// Listens on 127.0.0.1. Throws std::system_error.
  HttpServer(ServerOptions options, Handler handler);
  ~HttpServer();

  int port() const { return port_; }
  int connections_peak() const { return connections_peak_; }
  int connections_refused() const { return connections_refused_; }
  /// Serves until the process ends.
  void run();

 private:
  class Loop;
  ServerOptions options_;
  Handler handler_;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<int> connections_{0};
  std::atomic<int> connections_peak_{0};
  std::atomic<int> connections_refused_{0};
};

/// The value of `name` in a query string, decoded; "" if it is not there.
std::string query_value(std::string_view query, std::string_view name);

}  // namespace bench

// Connection: one client's requests and answers, in order, on a socket that never blocks.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "responder/http_server.hpp"

namespace bench {

/// Lives on the thread of its loop. One request is answered before the next one is looked at.
class Connection {
 public:
  using Clock = std::chrono::steady_clock;

  Connection(int fd, const HttpServer::Handler& handler) : fd_(fd), handler_(handler) {}
  ~Connection();
  Connection(const Connection&) = delete;

  int fd() const { return fd_; }
  /// Reads and answers what there is. False: the connection is over.
  bool on_readable();
  bool on_writable() { return send_answer() && answer_requests(); }
  /// When a delayed answer is due.
  std::optional<Clock::time_point> due() const { return due_; }
  bool on_due();
  /// True if the socket's buffer was full: wait for on_writable().
  bool wants_to_write() const { return !due_ && busy(); }

 private:
  struct Head {
    size_t length = 0;  ///< up to and with the empty line
    size_t body_length = 0;
    bool chunked = false;
    bool wants_continue = false;
  };
  bool busy() const { return due_ || sent_ < out_.size() || stream_; }
  bool receive();
  bool answer_requests();
  std::optional<Head> find_head() const;
  /// The body if it is there as a whole, and the bytes that it took with its framing.
  std::optional<std::string_view> find_body(const Head& head, size_t& taken);
  void start_answer(const Head& head, std::string_view body);
  bool send_answer();

  int fd_;
  const HttpServer::Handler& handler_;
  std::string in_;
  size_t got_ = 0;   ///< bytes of `in_` that are received
  size_t want_ = 0;  ///< bytes that the request under way has, as far as known
  std::string unchunked_;
  bool continued_ = false;
  std::string out_;
  size_t sent_ = 0;
  std::unique_ptr<BodyStream> stream_;
  std::optional<Clock::time_point> due_;
};

}  // namespace bench

// HttpImposter: an HTTP/1.1 server inside the test, on real sockets, that answers as scripted and remembers all.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace nexpo {

/// What the imposter was sent.
struct SeenRequest {
  std::string method;
  std::string path;   ///< without the query
  std::string query;  ///< without "?"
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  int connection = 0;  ///< 1 for the first connection that was ever made, and so on

  std::string header(std::string_view name) const;  ///< names without regard to case; "" if there is none
};

/// What the imposter does in return. The defaults are a whole and prompt 200.
struct CannedAnswer {
  int status = 200;
  std::string body{};
  std::vector<std::pair<std::string, std::string>> headers{};
  std::chrono::milliseconds delay{0};  ///< before the first byte
  bool chunked = false;                ///< Transfer-Encoding: chunked instead of a Content-Length
  size_t chunk_bytes = 16 * 1024;
  std::optional<size_t> cut_after{};    ///< closes after so many bytes of the body, though more was promised
  std::optional<size_t> stall_after{};  ///< sends so many bytes of the body, then nothing more for ever
  bool endless = false;                 ///< repeats the body for ever, chunked
  bool silent = false;                  ///< closes the connection without an answer
  bool close = false;                   ///< closes the connection after the answer, and says so
  std::string raw{};  ///< if not empty: sent as it is in place of an answer, then the connection is closed
};

/// Listens on 127.0.0.1 at a free port until destroyed, which cuts all connections. Safe from any thread.
///
///   HttpImposter server;
///   server.when("GET", "/items").answer({.body = "[1]"}).answer({.status = 503});   // the last one repeats
///   server.when("POST", "/echo").answer_by([](const SeenRequest& request) { return CannedAnswer{.body = request.body};
///   });
class HttpImposter {
 public:
  using Script = std::function<CannedAnswer(const SeenRequest&)>;

  class Rule {
   public:
    Rule& answer(CannedAnswer answer);
    Rule& answer_by(Script script);

   private:
    friend class HttpImposter;
    std::string method_;
    std::string path_;
    std::vector<Script> scripts_;
    size_t next_ = 0;
  };

  HttpImposter();
  ~HttpImposter();
  HttpImposter(const HttpImposter&) = delete;

  /// `path` without a query; "/items*" takes all that begin so; method "*" takes all. The newest fitting rule counts.
  /// What no rule fits is answered with 404. Set rules before the requests come.
  Rule& when(std::string method, std::string path);

  std::string url() const;  ///< "http://127.0.0.1:12345"
  int port() const { return port_; }
  std::vector<SeenRequest> requests() const;
  int connections() const;
  uint64_t body_bytes_sent() const;

 private:
  struct Connection;
  void accept_all();
  void serve(Connection& connection);
  bool read_request(Connection& connection, SeenRequest& request) const;
  CannedAnswer choose(const SeenRequest& request);
  bool reply(Connection& connection, const SeenRequest& request, const CannedAnswer& answer);
  bool send_body(Connection& connection, const CannedAnswer& answer, bool chunked);
  bool send_all(Connection& connection, std::string_view bytes);
  bool wait(std::chrono::milliseconds duration) const;
  void wait_for_end() const;

  int listener_ = -1;
  int port_ = 0;
  mutable std::mutex mutex_;
  mutable std::condition_variable stopped_;
  bool stopping_ = false;
  std::list<Rule> rules_;
  std::vector<SeenRequest> requests_;
  std::list<std::unique_ptr<Connection>> connections_;
  int connection_count_ = 0;
  uint64_t body_bytes_sent_ = 0;
  std::thread acceptor_;
};

}  // namespace nexpo

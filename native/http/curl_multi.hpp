// CurlMulti: libcurl's multi interface driven by a uv loop, and the order in which coroutines are resumed.
#pragma once

#include <curl/curl.h>

#include <memory>
#include <unordered_map>
#include <vector>

#include "base/loop.hpp"
#include "http/uv_timer.hpp"

namespace nexpo::http {

class CurlTransfer;

/// libcurl forbids most calls from inside its callbacks, and a resumed coroutine may do anything. So callbacks only
/// take notes (`wake_soon`), and everybody who has news is woken once libcurl has returned.
/// Lives on the loop thread, but may be made elsewhere.
class CurlMulti : public std::enable_shared_from_this<CurlMulti> {
 public:
  explicit CurlMulti(Loop& loop);
  ~CurlMulti();
  CurlMulti(const CurlMulti&) = delete;

  /// A handle without options, possibly used before.
  CURL* take_handle();
  void give_back(CURL* handle);

  /// Runs `transfer`, whose handle is `handle`, until finished() is called on it or it is removed.
  void add(CURL* handle, std::shared_ptr<CurlTransfer> transfer);
  void remove(CURL* handle);

  /// From inside a callback of libcurl, while somebody waits: calls transfer->wake() when libcurl has returned.
  void wake_soon(std::shared_ptr<CurlTransfer> transfer) { news_.push_back(std::move(transfer)); }
  /// From anywhere else: calls transfer->wake() in a later turn of the loop.
  void wake_later(std::shared_ptr<CurlTransfer> transfer);

  uv_loop_t* uv() { return loop_.uv(); }

 private:
  struct Socket;
  static int on_socket(CURL*, curl_socket_t fd, int what, void* self, void* socket);
  static int on_timeout(CURLM*, long timeout_ms, void* self);
  void watch(curl_socket_t fd, int what, Socket* socket);
  void act(curl_socket_t fd, int events);
  void collect_finished();
  void wake_all();

  Loop& loop_;
  CURLM* multi_;
  std::unique_ptr<UvTimer> timer_;
  std::vector<CURL*> spare_;
  std::unordered_map<CURL*, std::shared_ptr<CurlTransfer>> running_;
  std::vector<std::shared_ptr<CurlTransfer>> news_;
};

}  // namespace nexpo::http

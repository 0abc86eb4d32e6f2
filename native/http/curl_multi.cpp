#include "http/curl_multi.hpp"

#include <new>
#include <utility>

#include "http/curl_transfer.hpp"

namespace nexpo::http {
namespace {

constexpr size_t kSpareHandlesMax = 64;
constexpr long kKeptConnectionsMax = 64;

void init_curl_once() {
  // Counted and thread-safe inside libcurl; never undone, because another copy of this library may be in the process.
  [[maybe_unused]] static const CURLcode done = curl_global_init(CURL_GLOBAL_DEFAULT);
}

}  // namespace

/// The watch on one socket. Freed by its close callback.
struct CurlMulti::Socket {
  uv_poll_t poll;
  CurlMulti* owner;
  curl_socket_t fd;
};

CurlMulti::CurlMulti(Loop& loop) : loop_(loop) {
  init_curl_once();
  multi_ = curl_multi_init();
  if (multi_ == nullptr) throw std::bad_alloc();
  curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &CurlMulti::on_socket);
  curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
  curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, &CurlMulti::on_timeout);
  curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
  curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, kKeptConnectionsMax);
}

CurlMulti::~CurlMulti() {
  for (CURL* handle : spare_) curl_easy_cleanup(handle);
  curl_multi_cleanup(multi_);
}

CURL* CurlMulti::take_handle() {
  if (spare_.empty()) {
    CURL* handle = curl_easy_init();
    if (handle == nullptr) throw std::bad_alloc();
    return handle;
  }
  CURL* handle = spare_.back();
  spare_.pop_back();
  return handle;
}

void CurlMulti::give_back(CURL* handle) {
  if (spare_.size() >= kSpareHandlesMax) return curl_easy_cleanup(handle);
  curl_easy_reset(handle);
  spare_.push_back(handle);
}

void CurlMulti::add(CURL* handle, std::shared_ptr<CurlTransfer> transfer) {
  if (!timer_) timer_ = std::make_unique<UvTimer>(uv(), [this] { act(CURL_SOCKET_TIMEOUT, 0); });
  running_.emplace(handle, std::move(transfer));
  curl_multi_add_handle(multi_, handle);
}

void CurlMulti::remove(CURL* handle) {
  curl_multi_remove_handle(multi_, handle);
  running_.erase(handle);
}

void CurlMulti::wake_later(std::shared_ptr<CurlTransfer> transfer) {
  loop_.post([transfer = std::move(transfer)] { transfer->wake(); });
}

int CurlMulti::on_socket(CURL*, curl_socket_t fd, int what, void* self, void* socket) {
  static_cast<CurlMulti*>(self)->watch(fd, what, static_cast<Socket*>(socket));
  return 0;
}

int CurlMulti::on_timeout(CURLM*, long timeout_ms, void* self) {
  auto& timer = static_cast<CurlMulti*>(self)->timer_;
  if (!timer) return 0;
  if (timeout_ms < 0) {
    timer->stop();
  } else {
    timer->start(Millis{timeout_ms});
  }
  return 0;
}

void CurlMulti::watch(curl_socket_t fd, int what, Socket* socket) {
  if (what == CURL_POLL_REMOVE) {
    if (socket == nullptr) return;
    curl_multi_assign(multi_, fd, nullptr);
    uv_poll_stop(&socket->poll);
    uv_close(reinterpret_cast<uv_handle_t*>(&socket->poll),
             [](uv_handle_t* handle) { delete static_cast<Socket*>(handle->data); });
    return;
  }
  if (socket == nullptr) {
    socket = new Socket{{}, this, fd};
    uv_poll_init_socket(uv(), &socket->poll, fd);
    socket->poll.data = socket;
    curl_multi_assign(multi_, fd, socket);
  }
  const int events = ((what & CURL_POLL_IN) != 0 ? UV_READABLE : 0) | ((what & CURL_POLL_OUT) != 0 ? UV_WRITABLE : 0);
  uv_poll_start(&socket->poll, events, [](uv_poll_t* poll, int status, int seen) {
    const Socket& ready = *static_cast<Socket*>(poll->data);
    const int error = status < 0 ? CURL_CSELECT_ERR : 0;
    const int readable = (seen & UV_READABLE) != 0 ? CURL_CSELECT_IN : 0;
    const int writable = (seen & UV_WRITABLE) != 0 ? CURL_CSELECT_OUT : 0;
    ready.owner->act(ready.fd, error | readable | writable);
  });
}

void CurlMulti::act(curl_socket_t fd, int events) {
  const std::shared_ptr<CurlMulti> alive = shared_from_this();
  int running = 0;
  curl_multi_socket_action(multi_, fd, events, &running);
  collect_finished();
  wake_all();
}

void CurlMulti::collect_finished() {
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    CURL* handle = message->easy_handle;
    const CURLcode code = message->data.result;  // the message dies with remove()
    const std::shared_ptr<CurlTransfer> transfer = running_.at(handle);
    transfer->finished(code);
    news_.push_back(transfer);
  }
}

void CurlMulti::wake_all() {
  const std::vector<std::shared_ptr<CurlTransfer>> news = std::exchange(news_, {});
  for (const auto& transfer : news) transfer->wake();
}

}  // namespace nexpo::http

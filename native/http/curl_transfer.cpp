#include "http/curl_transfer.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "http/curl_error.hpp"
#include "http/url.hpp"

namespace nexpo::http {
namespace {

constexpr CurlFault kRefusedAddress{ErrorKind::invalid,
                                    "the host is at an address that may not be connected to (loopback, private, "
                                    "link-local or reserved); allow such networks if that is meant"};

}  // namespace

/// Suspends until `what` is there. A coroutine that is destroyed meanwhile is forgotten.
struct CurlTransfer::Wait {
  CurlTransfer& transfer;
  Waiting what;
  ~Wait() { transfer.waiting_ = Waiting::nothing; }
  bool await_ready() const noexcept { return transfer.here(what); }
  void await_suspend(std::coroutine_handle<> awaiter) noexcept {
    transfer.waiter_ = awaiter;
    transfer.waiting_ = what;
  }
  void await_resume() const noexcept {}
};

CurlTransfer::CurlTransfer(std::shared_ptr<CurlMulti> multi, std::shared_ptr<const CurlOptions> options,
                           Request request)
    : multi_(std::move(multi)), options_(std::move(options)), request_(std::move(request)) {
  response_.url = request_.url;
}

CurlTransfer::~CurlTransfer() = default;

void CurlTransfer::start() {
  handle_ = multi_->take_handle();
  header_list_ = set_up(handle_, request_, *options_);
  curl_easy_setopt(handle_, CURLOPT_HEADERFUNCTION, &CurlTransfer::on_header);
  curl_easy_setopt(handle_, CURLOPT_HEADERDATA, this);
  curl_easy_setopt(handle_, CURLOPT_WRITEFUNCTION, &CurlTransfer::on_body);
  curl_easy_setopt(handle_, CURLOPT_WRITEDATA, this);
  curl_easy_setopt(handle_, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(handle_, CURLOPT_XFERINFOFUNCTION, &CurlTransfer::on_progress);
  curl_easy_setopt(handle_, CURLOPT_XFERINFODATA, this);
  curl_easy_setopt(handle_, CURLOPT_OPENSOCKETFUNCTION, &CurlTransfer::on_open_socket);
  curl_easy_setopt(handle_, CURLOPT_OPENSOCKETDATA, this);
  uv_update_time(multi_->uv());
  note_activity();
  started_ms_ = active_ms_;
  watchdog_.emplace(multi_->uv(), [this] { check_time(); });
  watchdog_->start(std::min(request_.limits.stalled_ms, request_.limits.total_ms));
  registration_.emplace(request_.cancel.on_cancel([this] {
    end(blame(ErrorKind::cancelled, "stopped on request"));
    multi_->wake_later(shared_from_this());
  }));
  multi_->add(handle_, shared_from_this());
}

void CurlTransfer::abandon() {
  waiting_ = Waiting::nothing;
  end(blame(ErrorKind::cancelled, "nobody waits for the answer any more"));
}

void CurlTransfer::finished(CURLcode code) {
  if (failure_) return end(std::move(failure_));
  if (code != CURLE_OK) {
    const CurlFault fault = address_refused_ && !address_tried_ ? kRefusedAddress : fault_of(code);
    return end(blame(fault.kind, fault.text));
  }
  if (gunzip_ && body_seen_ && !gunzip_->complete())
    return end(blame(ErrorKind::unavailable, "the compressed answer was cut off before its end"));
  if (!streaming_) response_.body.reserve(response_.body.size() + kBodyPadding);
  end({});
}

void CurlTransfer::end(std::optional<Error> failure) {
  if (done_) return;
  done_ = true;
  curl_off_t sent_bytes = 0;
  curl_easy_getinfo(handle_, CURLINFO_REQUEST_SIZE, &sent_bytes);
  if (failure && sent_bytes > 0) failure = Error(std::move(*failure).with_unknown_outcome());
  failure_ = std::move(failure);
  const std::shared_ptr<CurlTransfer> alive = shared_from_this();  // the multi may be the last to hold it
  multi_->remove(handle_);
  multi_->give_back(std::exchange(handle_, nullptr));
  watchdog_.reset();
  registration_.reset();
}

void CurlTransfer::check_time() {
  const Limits& limits = request_.limits;
  if (paused_) note_activity();  // it is us who stall
  const Millis total(uv_now(multi_->uv()) - started_ms_);
  const Millis idle(uv_now(multi_->uv()) - active_ms_);
  const bool late = !streaming_ && total >= limits.total_ms;
  if (late || idle >= limits.stalled_ms) {
    const std::string text =
        late ? "no whole answer within " + std::to_string(limits.total_ms.count()) + " ms (total_ms)"
             : "no byte for " + std::to_string(limits.stalled_ms.count()) + " ms (stalled_ms)";
    end(blame(ErrorKind::unavailable, text));
    return wake();
  }
  Millis next = limits.stalled_ms - idle;
  if (!streaming_) next = std::min(next, limits.total_ms - total);
  watchdog_->start(next);
}

Error CurlTransfer::blame(ErrorKind kind, std::string_view what) const {
  return Error(kind, request_.method + " " + printable_url(request_.url) + ": " + std::string(what));
}

bool CurlTransfer::here(Waiting what) const {
  if (done_) return true;
  return what == Waiting::answer ? streaming_ : !chunk_.empty();
}

void CurlTransfer::wake() {
  if (waiting_ == Waiting::nothing || !here(waiting_)) return;
  waiting_ = Waiting::nothing;
  std::exchange(waiter_, {}).resume();
}

Task<> CurlTransfer::answer() {
  Wait wait{*this, Waiting::answer};
  co_await wait;
  if (failure_ && !streaming_) throw Error(*failure_);
}

Task<std::string> CurlTransfer::next_chunk() {
  Wait wait{*this, Waiting::chunk};
  co_await wait;
  if (chunk_.empty() && failure_) throw Error(*failure_);
  std::string chunk = std::exchange(chunk_, {});
  resume_socket();
  co_return chunk;
}

void CurlTransfer::resume_socket() {
  if (!paused_ || done_) return;
  paused_ = false;
  note_activity();
  // libcurl may hand over the next bytes before it returns; the next next_chunk() finds them.
  if (const CURLcode code = curl_easy_pause(handle_, CURLPAUSE_CONT); code != CURLE_OK) finished(code);
}

}  // namespace nexpo::http

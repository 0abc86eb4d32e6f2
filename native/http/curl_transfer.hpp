// CurlTransfer: one exchange with libcurl, from the request's first byte to the body's last.
#pragma once

#include <curl/curl.h>

#include <coroutine>
#include <memory>
#include <optional>
#include <string>

#include "http/curl_client.hpp"
#include "http/curl_multi.hpp"
#include "http/curl_setup.hpp"
#include "http/gunzip.hpp"

namespace nexpo::http {

/// Held by the multi while libcurl works on it, by send(), and by the body stream. One coroutine may wait at a time.
class CurlTransfer final : public std::enable_shared_from_this<CurlTransfer> {
 public:
  CurlTransfer(std::shared_ptr<CurlMulti> multi, std::shared_ptr<const CurlOptions> options, Request request);
  ~CurlTransfer();
  CurlTransfer(const CurlTransfer&) = delete;

  void start();
  /// Stops at once if it still runs. Nothing is resumed.
  void abandon();

  /// Ends when response() is complete: with the body, or at its beginning if it is streamed. Throws the failure.
  Task<> answer();
  /// Once, after answer().
  Response take_response() { return std::move(response_); }
  bool streamed() const { return streaming_; }
  /// BodyStream::next.
  Task<std::string> next_chunk();

  /// For CurlMulti: libcurl is done with it.
  void finished(CURLcode code);
  /// For CurlMulti: resumes whoever waits, if what it waits for is there.
  void wake();

 private:
  enum class Waiting { nothing, answer, chunk };
  struct Wait;

  static size_t on_header(char* bytes, size_t size, size_t count, void* self);
  static size_t on_body(char* bytes, size_t size, size_t count, void* self);
  static int on_progress(void* self, curl_off_t, curl_off_t received, curl_off_t, curl_off_t sent);
  static curl_socket_t on_open_socket(void* self, curlsocktype, curl_sockaddr* address);

  void take_header_line(std::string_view line);
  void finish_head();
  bool take_body(std::string_view bytes);
  void resume_socket();
  void end(std::optional<Error> failure);
  void note_activity() { active_ms_ = uv_now(multi_->uv()); }
  void check_time();
  bool here(Waiting what) const;
  Error blame(ErrorKind kind, std::string_view what) const;

  const std::shared_ptr<CurlMulti> multi_;
  const std::shared_ptr<const CurlOptions> options_;
  Request request_;
  CURL* handle_ = nullptr;  ///< while libcurl works on it
  HeaderList header_list_;
  std::optional<UvTimer> watchdog_;
  std::optional<CancelToken::Registration> registration_;

  Response response_;
  bool head_done_ = false;
  bool streaming_ = false;
  bool paused_ = false;
  std::optional<Gunzip> gunzip_;
  std::string chunk_;  ///< of a streamed body: what nobody has asked for yet

  bool body_seen_ = false;
  size_t header_bytes_ = 0;

  bool done_ = false;
  std::optional<Error> failure_;
  bool address_refused_ = false;
  bool address_tried_ = false;
  curl_off_t moved_bytes_ = 0;
  uint64_t started_ms_ = 0;
  uint64_t active_ms_ = 0;

  Waiting waiting_ = Waiting::nothing;
  std::coroutine_handle<> waiter_;
};

}  // namespace nexpo::http

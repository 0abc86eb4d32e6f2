// The half of CurlTransfer that libcurl calls. Nothing here resumes a coroutine.
#include <sys/socket.h>

#include <algorithm>
#include <limits>

#include "http/curl_transfer.hpp"
#include "http/network_guard.hpp"

namespace nexpo::http {
namespace {

constexpr size_t kHeaderBytesMax = 256 * 1024;    // of one exchange, interim answers and trailers included
constexpr size_t kReserveMax = 16 * 1024 * 1024;  // memory is not given away on the word of a Content-Length alone

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n";
  const size_t begin = text.find_first_not_of(kBlank);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlank) - begin + 1);
}

}  // namespace

curl_socket_t CurlTransfer::on_open_socket(void* self, curlsocktype, curl_sockaddr* address) {
  auto& transfer = *static_cast<CurlTransfer*>(self);
  if (!allowed(address->addr, transfer.options_->network)) {
    transfer.address_refused_ = true;
    return CURL_SOCKET_BAD;
  }
  transfer.address_tried_ = true;
  return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

int CurlTransfer::on_progress(void* self, curl_off_t, curl_off_t received, curl_off_t, curl_off_t sent) {
  auto& transfer = *static_cast<CurlTransfer*>(self);
  if (transfer.moved_bytes_ != received + sent) transfer.note_activity();
  transfer.moved_bytes_ = received + sent;
  return 0;
}

size_t CurlTransfer::on_header(char* bytes, size_t size, size_t count, void* self) {
  auto& transfer = *static_cast<CurlTransfer*>(self);
  transfer.note_activity();
  transfer.header_bytes_ += size * count;
  if (transfer.header_bytes_ > kHeaderBytesMax) {
    transfer.failure_ = transfer.blame(ErrorKind::invalid, "the headers of the answer are longer than 256 KiB");
  } else {
    transfer.take_header_line(std::string_view(bytes, size * count));
  }
  return transfer.failure_ ? 0 : size * count;
}

void CurlTransfer::take_header_line(std::string_view line) {
  if (head_done_) return;  // a trailer behind a chunked body
  if (trimmed(line).empty()) return finish_head();
  const size_t colon = line.find(':');
  if (line.starts_with("HTTP/") || colon == std::string_view::npos) {
    response_.headers = {};  // a new status line: what came before it was an interim answer
    return;
  }
  response_.headers.add(trimmed(line.substr(0, colon)), trimmed(line.substr(colon + 1)));
}

void CurlTransfer::finish_head() {
  long status = 0;
  curl_easy_getinfo(handle_, CURLINFO_RESPONSE_CODE, &status);
  if (status < 200) return;
  head_done_ = true;
  response_.status = static_cast<int>(status);
  const std::string_view encoding = response_.headers.get("Content-Encoding");
  if (encoding == "gzip" || encoding == "x-gzip") {
    gunzip_.emplace();
  } else if (!encoding.empty() && encoding != "identity") {
    failure_ = blame(ErrorKind::unavailable, "the answer is compressed in a way that was not asked for");
    return;
  }
  if (request_.stream && status < 300) {
    streaming_ = true;
    multi_->wake_soon(shared_from_this());
    return;
  }
  curl_off_t length = -1;
  curl_easy_getinfo(handle_, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
  if (length > 0 && !gunzip_) response_.body.reserve(std::min(static_cast<size_t>(length), kReserveMax) + kBodyPadding);
}

size_t CurlTransfer::on_body(char* bytes, size_t size, size_t count, void* self) {
  auto& transfer = *static_cast<CurlTransfer*>(self);
  transfer.note_activity();
  if (transfer.chunk_.size() >= kStreamBufferBytes) {
    transfer.paused_ = true;
    return CURL_WRITEFUNC_PAUSE;
  }
  return transfer.take_body(std::string_view(bytes, size * count)) ? size * count : 0;
}

bool CurlTransfer::take_body(std::string_view bytes) {
  body_seen_ = true;
  std::string& out = streaming_ ? chunk_ : response_.body;
  const size_t limit = streaming_ ? std::numeric_limits<size_t>::max() : request_.limits.body_bytes_max;
  const bool was_empty = out.empty();
  Gunzip::Verdict verdict = Gunzip::Verdict::ok;
  if (gunzip_) {
    verdict = gunzip_->feed(bytes, out, limit);
  } else if (bytes.size() > limit - out.size()) {
    verdict = Gunzip::Verdict::too_long;
  } else {
    out.append(bytes);
  }
  if (verdict == Gunzip::Verdict::corrupt) failure_ = blame(ErrorKind::unavailable, "the compressed answer is damaged");
  if (verdict == Gunzip::Verdict::too_long)
    failure_ =
        blame(ErrorKind::invalid, "the answer is longer than " + std::to_string(limit) + " bytes (body_bytes_max)");
  if (was_empty && !out.empty() && waiting_ == Waiting::chunk) multi_->wake_soon(shared_from_this());
  return !failure_;
}

}  // namespace nexpo::http

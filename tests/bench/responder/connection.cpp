#include "responder/connection.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <ctime>

namespace bench {

namespace {

constexpr size_t kReceive = 256 * 1024;
constexpr std::string_view kHeadEnd = "\r\n\r\n";
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

/// The value of a header, whose name is given in lower case.
std::string_view header_value(std::string_view head, std::string_view name) {
  for (size_t at = head.find("\r\n"); at != std::string_view::npos && at + 2 < head.size();
       at = head.find("\r\n", at + 2)) {
    std::string_view line = head.substr(at + 2, head.find("\r\n", at + 2) - at - 2);
    if (line.size() <= name.size() || line[name.size()] != ':') continue;
    const auto same = [](char a, char b) { return (a | 0x20) == (b | 0x20); };
    if (!std::equal(name.begin(), name.end(), line.begin(), same)) continue;
    line.remove_prefix(name.size() + 1);
    while (line.starts_with(' ')) line.remove_prefix(1);
    return line;
  }
  return {};
}

std::string_view reason_of(int status) {
  switch (status) {
    case 200: return "OK";
    case 201: return "Created";
    case 204: return "No Content";
    case 400: return "Bad Request";
    default: return "Not Found";
  }
}

void append_date(std::string& out) {
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  gmtime_r(&now, &utc);
  char text[64];
  out.append(text, std::strftime(text, sizeof text, "Date: %a, %d %b %Y %H:%M:%S GMT\r\n", &utc));
}

}  // namespace

Connection::~Connection() { close(fd_); }

bool Connection::receive() {
  for (;;) {
    const size_t room = std::max(kReceive, want_ > got_ ? want_ - got_ : 0);
    if (in_.size() < got_ + room + kBodyPadding) in_.resize(got_ + room + kBodyPadding);
    const ssize_t count = recv(fd_, in_.data() + got_, room, 0);
    if (count == 0) return false;
    if (count < 0) return errno == EAGAIN || errno == EINTR;
    got_ += static_cast<size_t>(count);
    if (static_cast<size_t>(count) < room) return true;
  }
}

bool Connection::on_readable() {
  if (!receive()) return false;
  return busy() || answer_requests();
}

bool Connection::answer_requests() {
  while (!busy()) {
    const std::optional<Head> head = find_head();
    if (!head) return true;
    want_ = head->length + head->body_length;
    if (head->wants_continue && !continued_) {
      continued_ = true;
      if (send(fd_, kContinue.data(), kContinue.size(), MSG_NOSIGNAL) < 0) return false;
    }
    size_t taken = 0;
    const std::optional<std::string_view> body = find_body(*head, taken);
    if (!body) return true;
    start_answer(*head, *body);
    std::memmove(in_.data(), in_.data() + head->length + taken, got_ - head->length - taken);
    got_ -= head->length + taken;
    want_ = 0;
    continued_ = false;
    if (!due_ && !send_answer()) return false;
  }
  return true;
}

std::optional<Connection::Head> Connection::find_head() const {
  const std::string_view received(in_.data(), got_);
  const size_t end = received.find(kHeadEnd);
  if (end == std::string_view::npos) return {};
  Head head;
  head.length = end + kHeadEnd.size();
  const std::string_view text = received.substr(0, head.length);
  const std::string_view length = header_value(text, "content-length");
  std::from_chars(length.data(), length.data() + length.size(), head.body_length);
  head.chunked = header_value(text, "transfer-encoding") == "chunked";
  head.wants_continue = header_value(text, "expect").starts_with("100");
  return head;
}

std::optional<std::string_view> Connection::find_body(const Head& head, size_t& taken) {
  std::string_view rest(in_.data() + head.length, got_ - head.length);
  if (!head.chunked) {
    taken = head.body_length;
    return rest.size() < taken ? std::nullopt : std::optional(rest.substr(0, taken));
  }
  unchunked_.clear();
  for (size_t at = 0;;) {
    const size_t line_end = rest.find("\r\n", at);
    if (line_end == std::string_view::npos) return {};
    size_t size = 0;
    std::from_chars(rest.data() + at, rest.data() + line_end, size, 16);
    at = line_end + 2;
    if (rest.size() < at + size + 2) return {};
    unchunked_.append(rest, at, size);
    at += size + 2;
    if (size == 0) {
      taken = at;
      unchunked_.reserve(unchunked_.size() + kBodyPadding);
      return unchunked_;
    }
  }
}

void Connection::start_answer(const Head& head, std::string_view body) {
  const std::string_view text(in_.data(), head.length);
  Request request;
  request.method = text.substr(0, text.find(' '));
  std::string_view target = text.substr(request.method.size() + 1);
  target = target.substr(0, target.find(' '));
  request.path = target.substr(0, target.find('?'));
  request.query = request.path.size() < target.size() ? target.substr(request.path.size() + 1) : "";
  request.body = body;
  Response response = handler_(request);
  if (response.delay.count() > 0) due_ = Clock::now() + response.delay;
  stream_ = std::move(response.stream);
  out_.clear();
  sent_ = 0;
  out_ += "HTTP/1.1 " + std::to_string(response.status) + ' ';
  out_ += reason_of(response.status);
  out_ += "\r\nContent-Type: ";
  out_ += response.type;
  const uint64_t length = stream_ ? stream_->length() : response.body.size();
  out_ += "\r\nContent-Length: " + std::to_string(length) + "\r\n";
  append_date(out_);
  out_ += response.headers;
  out_ += "\r\n";
  out_ += response.body;
}

bool Connection::send_answer() {
  for (;;) {
    while (sent_ < out_.size()) {
      const ssize_t count = send(fd_, out_.data() + sent_, out_.size() - sent_, MSG_NOSIGNAL);
      if (count < 0) return errno == EAGAIN || errno == EINTR;
      sent_ += static_cast<size_t>(count);
    }
    if (!stream_) return true;
    out_.clear();
    sent_ = 0;
    if (!stream_->next(out_)) stream_.reset();
  }
}

bool Connection::on_due() {
  due_.reset();
  return send_answer() && answer_requests();
}

}  // namespace bench

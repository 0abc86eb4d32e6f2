#include "support/http_imposter.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>

namespace nexpo {

struct HttpImposter::Connection {
  int fd = -1;
  int number = 0;
  std::string input;  ///< received, not yet used
  std::thread thread;
  ~Connection() { close(fd); }
};

namespace {

/// Receives more into `input`. False at the end of the connection.
bool receive(int fd, std::string& input) {
  char bytes[16 * 1024];
  const ssize_t count = recv(fd, bytes, sizeof bytes, 0);
  if (count <= 0) return false;
  input.append(bytes, static_cast<size_t>(count));
  return true;
}

void parse_head(std::string_view head, SeenRequest& request) {
  const size_t line_end = head.find("\r\n");
  const std::string_view line = head.substr(0, line_end);
  const size_t method_end = line.find(' ');
  const size_t target_end = line.rfind(' ');
  request.method = line.substr(0, method_end);
  const std::string_view target = line.substr(method_end + 1, target_end - method_end - 1);
  const size_t question = target.find('?');
  request.path = target.substr(0, question);
  if (question != std::string_view::npos) request.query = target.substr(question + 1);
  for (size_t begin = line_end + 2; begin < head.size();) {
    const size_t end = std::min(head.find("\r\n", begin), head.size());
    const std::string_view field = head.substr(begin, end - begin);
    const size_t colon = field.find(':');
    const size_t value = colon == std::string_view::npos ? field.size() : field.find_first_not_of(' ', colon + 1);
    request.headers.emplace_back(field.substr(0, colon), value < field.size() ? field.substr(value) : "");
    begin = end + 2;
  }
}

bool fits(std::string_view pattern, std::string_view text) {
  if (pattern.ends_with('*')) return text.starts_with(pattern.substr(0, pattern.size() - 1));
  return pattern == text;
}

}  // namespace

std::string SeenRequest::header(std::string_view name) const {
  for (const auto& [key, value] : headers)
    if (key.size() == name.size() && strncasecmp(key.data(), name.data(), name.size()) == 0) return value;
  return "";
}

HttpImposter::Rule& HttpImposter::Rule::answer(CannedAnswer answer) {
  return answer_by([answer = std::move(answer)](const SeenRequest&) { return answer; });
}

HttpImposter::Rule& HttpImposter::Rule::answer_by(Script script) {
  scripts_.push_back(std::move(script));
  return *this;
}

HttpImposter::HttpImposter() {
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  socklen_t length = sizeof address;
  if (bind(listener_, generic, length) != 0 || listen(listener_, SOMAXCONN) != 0)
    throw std::runtime_error("the imposter cannot listen on 127.0.0.1");
  getsockname(listener_, generic, &length);
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { accept_all(); });
}

HttpImposter::~HttpImposter() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    for (const auto& connection : connections_) shutdown(connection->fd, SHUT_RDWR);
  }
  stopped_.notify_all();
  shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  for (const auto& connection : connections_) connection->thread.join();
  close(listener_);
}

HttpImposter::Rule& HttpImposter::when(std::string method, std::string path) {
  const std::lock_guard lock(mutex_);
  Rule& rule = rules_.emplace_front();
  rule.method_ = std::move(method);
  rule.path_ = std::move(path);
  return rule;
}

std::string HttpImposter::url() const { return "http://127.0.0.1:" + std::to_string(port_); }

std::vector<SeenRequest> HttpImposter::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

int HttpImposter::connections() const {
  const std::lock_guard lock(mutex_);
  return connection_count_;
}

uint64_t HttpImposter::body_bytes_sent() const {
  const std::lock_guard lock(mutex_);
  return body_bytes_sent_;
}

void HttpImposter::accept_all() {
  for (;;) {
    const int fd = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    const std::lock_guard lock(mutex_);
    if (fd < 0 || stopping_) {
      if (fd >= 0) close(fd);
      return;
    }
    const int at_once = 1;  // or the client's delayed acknowledgements slow every test down
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &at_once, sizeof at_once);
    Connection& connection = *connections_.emplace_back(std::make_unique<Connection>());
    connection.fd = fd;
    connection.number = ++connection_count_;
    connection.thread = std::thread([this, &connection] { serve(connection); });
  }
}

void HttpImposter::serve(Connection& connection) {
  SeenRequest request;
  while (read_request(connection, request)) {
    request.connection = connection.number;
    const CannedAnswer answer = choose(request);
    if (!reply(connection, request, answer)) break;
    request = {};
  }
  shutdown(connection.fd, SHUT_RDWR);
}

bool HttpImposter::read_request(Connection& connection, SeenRequest& request) const {
  size_t head_end = 0;
  while ((head_end = connection.input.find("\r\n\r\n")) == std::string::npos)
    if (!receive(connection.fd, connection.input)) return false;
  parse_head(std::string_view(connection.input).substr(0, head_end), request);
  connection.input.erase(0, head_end + 4);
  const size_t length = std::strtoull(request.header("Content-Length").c_str(), nullptr, 10);
  while (connection.input.size() < length)
    if (!receive(connection.fd, connection.input)) return false;
  request.body = connection.input.substr(0, length);
  connection.input.erase(0, length);
  return true;
}

CannedAnswer HttpImposter::choose(const SeenRequest& request) {
  Script script;
  {
    const std::lock_guard lock(mutex_);
    requests_.push_back(request);
    for (Rule& rule : rules_) {
      if (rule.scripts_.empty() || !fits(rule.method_, request.method) || !fits(rule.path_, request.path)) continue;
      script = rule.scripts_[std::min(rule.next_++, rule.scripts_.size() - 1)];
      break;
    }
  }
  if (script) return script(request);
  CannedAnswer answer;
  answer.status = 404;
  answer.body = "no rule for " + request.method + " " + request.path;
  return answer;
}

bool HttpImposter::reply(Connection& connection, const SeenRequest& request, const CannedAnswer& answer) {
  if (!wait(answer.delay) || answer.silent) return false;
  if (!answer.raw.empty()) return send_all(connection, answer.raw) && false;
  const bool chunked = answer.chunked || answer.endless;
  const bool bodiless = answer.status == 204 || answer.status == 304;
  std::string head = "HTTP/1.1 " + std::to_string(answer.status) + " Scripted\r\n";
  for (const auto& [name, value] : answer.headers) head.append(name).append(": ").append(value).append("\r\n");
  if (answer.close) head += "Connection: close\r\n";
  if (chunked) {
    head += "Transfer-Encoding: chunked\r\n";
  } else if (!bodiless) {
    head += "Content-Length: " + std::to_string(answer.body.size()) + "\r\n";
  }
  if (!send_all(connection, head + "\r\n")) return false;
  if (request.method == "HEAD" || bodiless) return !answer.close;
  return send_body(connection, answer, chunked) && !answer.close;
}

bool HttpImposter::send_body(Connection& connection, const CannedAnswer& answer, bool chunked) {
  size_t sent = 0;
  do {
    for (size_t at = 0; at < answer.body.size();) {
      std::string_view piece = std::string_view(answer.body).substr(at, answer.chunk_bytes);
      const std::optional<size_t> stop = answer.cut_after ? answer.cut_after : answer.stall_after;
      if (stop) piece = piece.substr(0, *stop - sent);
      char size[32];
      const int size_length = std::snprintf(size, sizeof size, "%zx\r\n", piece.size());
      const std::string framed = chunked && !piece.empty()
                                     ? std::string(size, static_cast<size_t>(size_length)).append(piece).append("\r\n")
                                     : std::string(piece);
      if (!send_all(connection, framed)) return false;
      at += piece.size();
      sent += piece.size();
      {
        const std::lock_guard lock(mutex_);
        body_bytes_sent_ += piece.size();
      }
      if (stop && sent == *stop) {
        if (answer.stall_after) wait_for_end();
        return false;
      }
    }
  } while (answer.endless);
  return !chunked || send_all(connection, "0\r\n\r\n");
}

bool HttpImposter::send_all(Connection& connection, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = send(connection.fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(count));
  }
  return true;
}

bool HttpImposter::wait(std::chrono::milliseconds duration) const {
  std::unique_lock lock(mutex_);
  return !stopped_.wait_for(lock, duration, [this] { return stopping_; });
}

void HttpImposter::wait_for_end() const {
  std::unique_lock lock(mutex_);
  stopped_.wait(lock, [this] { return stopping_; });
}

}  // namespace nexpo

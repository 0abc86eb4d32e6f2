#include "responder/http_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <system_error>
#include <thread>
#include <unordered_map>
#include <vector>

#include "responder/connection.hpp"

namespace bench {

namespace {

constexpr int kEventsMax = 64;
constexpr int kBacklog = 1024;

int checked(int result, const char* what) {
  if (result < 0) throw std::system_error(errno, std::generic_category(), what);
  return result;
}

}  // namespace

/// One thread's share: it accepts connections itself and keeps those it accepted.
class HttpServer::Loop {
 public:
  explicit Loop(HttpServer& server) : server_(server), epoll_(checked(epoll_create1(EPOLL_CLOEXEC), "epoll")) {
    watch(EPOLL_CTL_ADD, server_.listener_, EPOLLIN | EPOLLEXCLUSIVE);
  }

  void run() {
    std::array<epoll_event, kEventsMax> events;
    for (;;) {
      timespec wait{};
      const bool timed = next_due(wait);
      const int count = epoll_pwait2(epoll_, events.data(), kEventsMax, timed ? &wait : nullptr, nullptr);
      for (int i = 0; i < count; ++i) {
        if (events[i].data.fd == server_.listener_) {
          accept_all();
        } else {
          serve(events[i].data.fd, events[i].events);
        }
      }
      serve_due();
    }
  }

 private:
  void watch(int operation, int fd, uint32_t what) {
    epoll_event event{};
    event.events = what;
    event.data.fd = fd;
    epoll_ctl(epoll_, operation, fd, &event);
  }

  void accept_all() {
    for (;;) {
      const int fd = accept4(server_.listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (fd < 0) return;
      const int open = ++server_.connections_;
      if (server_.options_.connections_max > 0 && open > server_.options_.connections_max) {
        ++server_.connections_refused_;
        --server_.connections_;
        close(fd);
        continue;
      }
      for (int peak = server_.connections_peak_; open > peak;) {
        if (server_.connections_peak_.compare_exchange_weak(peak, open)) break;
      }
      const int yes = 1;
      setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
      connections_.emplace(fd, std::make_unique<Connection>(fd, server_.handler_));
      watch(EPOLL_CTL_ADD, fd, EPOLLIN);
    }
  }

  void serve(int fd, uint32_t events) {
    const auto found = connections_.find(fd);
    if (found == connections_.end()) return;
    Connection& connection = *found->second;
    const bool was_full = connection.wants_to_write();
    bool open = true;
    if (events & EPOLLOUT) open = connection.on_writable();
    if (open && (events & (EPOLLIN | EPOLLERR | EPOLLHUP))) open = connection.on_readable();
    settle(connection, open, was_full);
  }

  void settle(Connection& connection, bool open, bool was_full) {
    const int fd = connection.fd();
    if (!open) {
      connections_.erase(fd);
      --server_.connections_;
    } else if (connection.wants_to_write() != was_full) {
      watch(EPOLL_CTL_MOD, fd, was_full ? EPOLLIN : EPOLLOUT | EPOLLRDHUP);
    }
  }

  bool next_due(timespec& wait) const {
    std::optional<Connection::Clock::time_point> first;
    for (const auto& [fd, connection] : connections_) {
      if (const auto due = connection->due(); due && (!first || *due < *first)) first = due;
    }
    if (!first) return false;
    const auto left =
        std::max(std::chrono::nanoseconds(0), std::chrono::nanoseconds(*first - Connection::Clock::now()));
    wait.tv_sec = left.count() / 1'000'000'000;
    wait.tv_nsec = left.count() % 1'000'000'000;
    return true;
  }

  void serve_due() {
    std::vector<Connection*> ready;
    const auto now = Connection::Clock::now();
    for (const auto& [fd, connection] : connections_) {
      if (const auto due = connection->due(); due && *due <= now) ready.push_back(connection.get());
    }
    for (Connection* connection : ready) settle(*connection, connection->on_due(), false);
  }

  HttpServer& server_;
  int epoll_;
  std::unordered_map<int, std::unique_ptr<Connection>> connections_;
};

HttpServer::HttpServer(ServerOptions options, Handler handler) : options_(options), handler_(std::move(handler)) {
  listener_ = checked(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), "socket");
  const int yes = 1;
  setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(options_.port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  checked(bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address), "bind");
  checked(listen(listener_, kBacklog), "listen");
  socklen_t size = sizeof address;
  checked(getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size), "getsockname");
  port_ = ntohs(address.sin_port);
}

HttpServer::~HttpServer() { close(listener_); }

void HttpServer::run() {
  std::vector<std::thread> threads;
  for (int i = 1; i < options_.threads; ++i) threads.emplace_back([this] { Loop(*this).run(); });
  Loop(*this).run();
}

std::string query_value(std::string_view query, std::string_view name) {
  std::string decoded;
  while (!query.empty()) {
    std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
    if (!pair.starts_with(name) || pair.size() <= name.size() || pair[name.size()] != '=') continue;
    pair.remove_prefix(name.size() + 1);
    for (size_t i = 0; i < pair.size(); ++i) {
      unsigned code = 0;
      if (pair[i] == '%' && i + 2 < pair.size() &&
          std::from_chars(pair.data() + i + 1, pair.data() + i + 3, code, 16).ec == std::errc()) {
        decoded += static_cast<char>(code);
        i += 2;
      } else {
        decoded += pair[i] == '+' ? ' ' : pair[i];
      }
    }
    break;
  }
  return decoded;
}

}  // namespace bench

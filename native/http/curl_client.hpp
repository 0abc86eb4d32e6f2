// CurlClient: the Client that really moves bytes, by libcurl on the engine's own loop.
#pragma once

#include <memory>
#include <string>

#include "base/loop.hpp"
#include "http/client.hpp"
#include "http/network_guard.hpp"

namespace nexpo::http {

struct CurlOptions {
  NetworkPolicy network{};  ///< judged for the address that is connected to, at each connect
  std::string ca_pem{};     ///< certificates to trust, as PEM text, in place of the system's; empty: the system's
  std::string user_agent = "nexpo-data-sync";
};

/// HTTP/1.1 and HTTP/2 over http and https, connections kept and reused. Follows no redirect, keeps no cookie, uses
/// no proxy, never waits for "100 Continue". Asks for gzip and undoes it, and knows a truncated answer from a whole
/// one.
///
/// What a failure tells: Error::outcome_unknown is false if no byte of the request left, true if any did. A request
/// that is not idempotent gets a connection of its own, because libcurl silently repeats one that dies with a kept
/// connection. Messages show method and URL without user, password and query.
///
/// May be made and destroyed on any thread; send() belongs to the loop thread. Destroy it after its last call ended
/// and before the loop.
class CurlClient final : public Client {
 public:
  CurlClient(Loop& loop, CurlOptions options);
  ~CurlClient() override;

  Task<Response> send(Request request) override;

 private:
  Loop& loop_;
  std::shared_ptr<const CurlOptions> options_;
  std::shared_ptr<class CurlMulti> multi_;
};

/// A streamed body holds at most about this much before its socket is paused (one network read may come on top,
/// decompressed).
constexpr size_t kStreamBufferBytes = 1024 * 1024;

}  // namespace nexpo::http

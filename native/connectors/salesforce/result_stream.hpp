// ResultStream: one page of a bulk query's results while it arrives.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/started.hpp"
#include "connectors/salesforce/org.hpp"

namespace nexpo::salesforce {

/// Bytes that are worth a visit to the workers.
constexpr size_t kStreamPieceBytes = 256 * 1024;

/// Starts the download when made; the HTTP layer buffers what nobody has taken yet, up to its limit. Lives on the loop
/// thread. Destroying it cancels the request.
class ResultStream {
 public:
  ResultStream(std::shared_ptr<Org> org, std::string url, std::string doing);
  ~ResultStream() { cancel_.cancel(); }
  ResultStream(const ResultStream&) = delete;

  /// Some bytes, at least kStreamPieceBytes unless the end comes first; empty at the end. Throws what broke the
  /// download. One call at a time.
  Task<std::string> take();
  /// The locator of the page behind this one, "" if it is the last. Known once take() has given something.
  std::string next_locator() const;

 private:
  static Task<http::Response> open(std::shared_ptr<Org> org, std::string url, std::string doing, CancelToken cancel);

  CancelToken cancel_ = CancelToken::make();
  CancelToken::Registration stop_with_run_;
  Started<http::Response> opening_;
  std::optional<http::Response> response_;
  bool ended_ = false;
};

}  // namespace nexpo::salesforce

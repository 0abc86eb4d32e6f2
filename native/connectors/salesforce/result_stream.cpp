#include "connectors/salesforce/result_stream.hpp"

#include <utility>

#include "connectors/salesforce/bulk_job.hpp"

namespace nexpo::salesforce {

ResultStream::ResultStream(std::shared_ptr<Org> org, std::string url, std::string doing)
    : stop_with_run_(org->cancel().on_cancel([cancel = cancel_] { cancel.cancel(); })),
      opening_(open(org, std::move(url), std::move(doing), cancel_)) {}

/// Holds the org for as long as the request is under way, also when the stream is gone.
Task<http::Response> ResultStream::open(std::shared_ptr<Org> org, std::string url, std::string doing,
                                        CancelToken cancel) {
  org->cancel().throw_if_cancelled();
  http::Request request;
  request.url = std::move(url);
  request.headers.set("Accept", "text/csv");
  request.stream = true;
  request.cancel = std::move(cancel);
  co_return co_await org->call(std::move(request), std::move(doing));
}

Task<std::string> ResultStream::take() {
  if (!response_) response_ = co_await opening_.join();
  std::string bytes = std::exchange(response_->body, {});  // a body that came whole
  while (!ended_ && bytes.size() < kStreamPieceBytes) {
    std::string chunk;
    if (response_->stream) chunk = co_await response_->stream->next();
    ended_ = chunk.empty();
    bytes += chunk;
  }
  co_return bytes;
}

std::string ResultStream::next_locator() const { return response_ ? salesforce::next_locator(*response_) : ""; }

}  // namespace nexpo::salesforce

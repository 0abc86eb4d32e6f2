#include "http/curl_client.hpp"

#include <utility>

#include "http/curl_transfer.hpp"

namespace nexpo::http {
namespace {

/// Ends the transfer when whoever wanted its answer goes away.
class Hold {
 public:
  explicit Hold(std::shared_ptr<CurlTransfer> transfer) : transfer_(std::move(transfer)) {}
  Hold(Hold&& other) noexcept = default;
  Hold& operator=(Hold&&) = delete;
  ~Hold() {
    if (transfer_) transfer_->abandon();
  }
  CurlTransfer* operator->() const { return transfer_.get(); }

 private:
  std::shared_ptr<CurlTransfer> transfer_;
};

class CurlBodyStream final : public BodyStream {
 public:
  explicit CurlBodyStream(Hold transfer) : transfer_(std::move(transfer)) {}
  Task<std::string> next() override { return transfer_->next_chunk(); }

 private:
  Hold transfer_;
};

}  // namespace

CurlClient::CurlClient(Loop& loop, CurlOptions options)
    : loop_(loop),
      options_(std::make_shared<const CurlOptions>(std::move(options))),
      multi_(std::make_shared<CurlMulti>(loop)) {}

CurlClient::~CurlClient() {
  // Handles of a loop must be closed on its thread.
  loop_.post([multi = std::exchange(multi_, nullptr)] {});
}

Task<Response> CurlClient::send(Request request) {
  request.cancel.throw_if_cancelled();
  check_request(request);
  Hold transfer(std::make_shared<CurlTransfer>(multi_, options_, std::move(request)));
  transfer->start();
  co_await transfer->answer();
  Response response = transfer->take_response();
  if (transfer->streamed()) response.stream = std::make_unique<CurlBodyStream>(std::move(transfer));
  co_return response;
}

}  // namespace nexpo::http

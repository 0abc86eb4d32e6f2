#include "http/oauth_client.hpp"

#include <utility>

#include "http/url.hpp"

namespace nexpo::http {
namespace {

/// The outcome of the fetch may be unknown; that of the request, which was never sent, is not.
Error without_outcome(const Error& error) {
  return Error(error.kind(), error.message(), error.retry_after()).with_code(error.code()).with_field(error.field());
}

std::string url_at(const std::string& base_url, const std::string& url) {
  if (base_url.empty()) return url;
  std::string joined = join_url(base_url, url);
  if (parse_url(joined).origin() != parse_url(base_url).origin()) {
    throw Error(ErrorKind::invalid, "the access token is for " + parse_url(base_url).origin() +
                                        " and must not be sent to " + printable_url(joined));
  }
  return joined;
}

}  // namespace

OAuthClient::OAuthClient(Client& next, TokenSource& source, ShouldRefresh should_refresh)
    : next_(next), source_(source), should_refresh_(std::move(should_refresh)) {}

Task<Response> OAuthClient::send(Request request) {
  TokenRef token = token_;
  if (!token) token = co_await newer_than(nullptr, request.cancel);
  Response response = co_await send_with(token, request);
  if (!should_refresh_(response)) co_return response;
  token = co_await newer_than(token, request.cancel);
  co_return co_await send_with(token, std::move(request));
}

Task<OAuthClient::TokenRef> OAuthClient::newer_than(TokenRef stale, CancelToken cancel) {
  const uint64_t fetches_before = fetches_;
  const Semaphore::Permit turn = co_await one_fetch_.acquire(cancel);
  if (token_ != stale) co_return token_;
  if (fetches_ != fetches_before && failure_) throw Error(*failure_);
  Result<Token> fetched = co_await attempt(source_.fetch());
  ++fetches_;
  failure_.reset();
  if (const Error* error = std::get_if<Error>(&fetched)) {
    failure_ = without_outcome(*error);
    throw Error(*failure_);
  }
  token_ = std::make_shared<const Token>(std::get<Token>(std::move(fetched)));
  co_return token_;
}

Task<Response> OAuthClient::send_with(TokenRef token, Request request) {
  request.url = url_at(token->base_url, request.url);
  request.headers.set("Authorization", "Bearer " + std::string(token->access_token.reveal()));
  co_return co_await next_.send(std::move(request));
}

}  // namespace nexpo::http

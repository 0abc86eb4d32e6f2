#include "engine/host_tokens.hpp"

#include <utility>

#include <fmt/format.h>

#include "base/error.hpp"

namespace nexpo {

using nlohmann::json;

namespace {

Error refusal(const std::string& credential, std::string_view why) {
  return Error(ErrorKind::unauthorized, fmt::format("credential \"{}\": {}", credential, why)).with_field("credential");
}

std::string text_of(const json& token, const char* name) {
  const auto found = token.find(name);
  return found == token.end() || !found->is_string() ? "" : found->get<std::string>();
}

}  // namespace

Task<http::Token> AskedTokens::token(std::string credential, std::string refused, CancelToken cancel) {
  for (;;) {
    HostAsks::RequestRef& known = under_way_[credential];
    const bool own = known == nullptr;
    if (own) known = asks_.put({{"what", "token"}, {"credential", credential}, {"stale", refused}});
    const HostAsks::RequestRef request = known;
    const auto waited = co_await attempt(asks_.wait(request, cancel, "access token"));
    const bool left = waited.index() == 1 && std::get<1>(waited).kind() == ErrorKind::cancelled;
    if (const auto found = under_way_.find(credential); !left && found != under_way_.end() && found->second == request)
      under_way_.erase(found);
    if (waited.index() == 1) throw std::get<1>(waited);
    const json& answer = *request->answer;
    if (const std::string error = text_of(answer, "error"); !error.empty()) throw refusal(credential, error);
    const json given = answer.value("token", json::object());
    const std::string access_token = text_of(given, "accessToken");
    if (access_token.empty()) throw refusal(credential, "the host program gave no access token");
    if (!own && access_token == refused) continue;  // it was asked for before ours was refused
    http::Token token;
    token.access_token = Secret(std::string(access_token));
    token.base_url = text_of(given, "instanceUrl");
    co_return token;
  }
}

}  // namespace nexpo

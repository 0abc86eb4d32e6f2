#include "engine/host_tokens.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "engine/report_json.hpp"

namespace nexpo {

Task<http::Token> AskedTokens::token(std::string credential, std::string refused, CancelToken cancel) {
  for (;;) {
    if (closed_) throw Error(ErrorKind::cancelled, "the engine is closing");
    const auto found = under_way_.find(credential);
    const RequestRef request = found == under_way_.end() ? ask(credential, refused) : found->second;
    const bool own = found == under_way_.end();
    co_await wait(request, cancel);
    const Answer& answer = *request->answer;
    if (!answer.error.empty())
      throw Error(ErrorKind::unauthorized, fmt::format("credential \"{}\": {}", credential, answer.error))
          .with_field("credential");
    if (!own && answer.access_token == refused) continue;  // it was asked for before ours was refused
    http::Token token;
    token.access_token = Secret(std::string(answer.access_token));
    token.base_url = answer.instance_url;
    co_return token;
  }
}

AskedTokens::RequestRef AskedTokens::ask(const std::string& credential, const std::string& refused) {
  auto request = std::make_shared<Request>();
  request->ask = ++last_ask_;
  under_way_[credential] = request;
  const nlohmann::json event{
      {"type", "ask"}, {"ask", request->ask}, {"what", "token"}, {"credential", credential}, {"stale", refused}};
  on_event_(dump(event));
  return request;
}

/// Ends when the request has its answer: silence beyond kHostAnswerMax is one too.
Task<> AskedTokens::wait(RequestRef request, CancelToken cancel) {
  cancel.throw_if_cancelled();
  if (request->answer) co_return;
  // The sleep ends early by either of the two: by an answer, or because the caller gives up.
  const CancelToken woken = CancelToken::make();
  const auto by_answer = request->answered.on_cancel([woken] { woken.cancel(); });
  const auto by_caller = cancel.on_cancel([woken] { woken.cancel(); });
  const auto slept = co_await attempt(clock_.sleep(kHostAnswerMax, woken));
  cancel.throw_if_cancelled();
  if (request->answer) co_return;
  if (closed_) throw Error(ErrorKind::cancelled, "the engine is closing");
  if (slept.index() == 0) {
    std::erase_if(under_way_, [&](const auto& one) { return one.second == request; });
    throw Error(ErrorKind::unavailable,
                fmt::format("the host program has given no access token within {} seconds",
                            std::chrono::duration_cast<std::chrono::seconds>(kHostAnswerMax).count()));
  }
  throw std::get<1>(slept);
}

bool AskedTokens::answer(int64_t ask, Answer answer) {
  const auto found = std::ranges::find_if(under_way_, [ask](const auto& one) { return one.second->ask == ask; });
  if (found == under_way_.end()) return false;
  const RequestRef request = found->second;
  under_way_.erase(found);
  request->answer = std::move(answer);
  request->answered.cancel();
  return true;
}

void AskedTokens::close() {
  closed_ = true;
  const auto waiting = std::exchange(under_way_, {});
  for (const auto& [credential, request] : waiting) request->answered.cancel();
}

}  // namespace nexpo

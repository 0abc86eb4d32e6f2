#include "engine/host_asks.hpp"

#include <utility>

#include <fmt/format.h>

#include "base/error.hpp"
#include "engine/report_json.hpp"

namespace nexpo {

HostAsks::RequestRef HostAsks::put(nlohmann::json question) {
  if (closed_) throw Error(ErrorKind::cancelled, "the engine is closing");
  auto request = std::make_shared<Request>();
  request->ask = ++last_ask_;
  open_[request->ask] = request;
  question.update({{"type", "ask"}, {"ask", request->ask}});
  on_event_(dump(question));
  return request;
}

Task<> HostAsks::wait(RequestRef request, CancelToken cancel, std::string wanted) {
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
  if (slept.index() == 1) throw std::get<1>(slept);
  open_.erase(request->ask);
  throw Error(ErrorKind::unavailable,
              fmt::format("the host program has given no {} within {} seconds", wanted,
                          std::chrono::duration_cast<std::chrono::seconds>(kHostAnswerMax).count()));
}

bool HostAsks::answer(int64_t ask, nlohmann::json answer) {
  const auto found = open_.find(ask);
  if (found == open_.end()) return false;
  const RequestRef request = found->second;
  open_.erase(found);
  request->answer = std::move(answer);
  request->answered.cancel();
  return true;
}

void HostAsks::close() {
  closed_ = true;
  const auto waiting = std::exchange(open_, {});
  for (const auto& [ask, request] : waiting) request->answered.cancel();
}

}  // namespace nexpo

#include "engine/host_methods.hpp"

#include <limits>

#include "engine/call_body.hpp"

namespace nexpo {

using nlohmann::json;

Task<json> take_host_answer(Runtime& runtime, json body) {
  const CallBody call(body);
  const int64_t ask = call.integer("ask", 1, std::numeric_limits<int64_t>::max());
  AskedTokens::Answer answer;
  answer.error = call.optional_text("error").value_or("");
  if (answer.error.empty()) {
    const json token = body.value("token", json::object());
    if (!token.is_object()) throw Error(ErrorKind::invalid, "token: must be an object").with_field("token");
    answer.access_token = CallBody(token).optional_text("accessToken").value_or("");
    answer.instance_url = CallBody(token).optional_text("instanceUrl").value_or("");
    if (answer.access_token.empty()) answer.error = "the host program gave no access token";
  }
  const bool taken = runtime.host_tokens.answer(ask, std::move(answer));
  co_return json{{"taken", taken}};
}

}  // namespace nexpo

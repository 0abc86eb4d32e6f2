#include "engine/host_methods.hpp"

#include <algorithm>
#include <limits>
#include <set>

#include "base/error.hpp"
#include "engine/call_body.hpp"

namespace nexpo {

using nlohmann::json;

Task<json> take_host_answer(Runtime& runtime, json body) {
  const int64_t ask = CallBody(body).integer("ask", 1, std::numeric_limits<int64_t>::max());
  const bool taken = runtime.host_asks.answer(ask, std::move(body));
  co_return json{{"taken", taken}};
}

Task<json> set_host_functions(Runtime& runtime, json body) {
  const json names = body.value("names", json());
  const auto is_name = [](const json& name) { return name.is_string() && !name.get_ref<const std::string&>().empty(); };
  if (!names.is_array() || !std::ranges::all_of(names, is_name))
    throw Error(ErrorKind::invalid, "names: must be a list of texts that are not empty").with_field("names");
  runtime.host_functions.set(names.get<std::set<std::string, std::less<>>>());
  co_return json::object();
}

}  // namespace nexpo

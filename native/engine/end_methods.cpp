#include "engine/end_methods.hpp"

#include <algorithm>
#include <cctype>

#include "engine/call_body.hpp"
#include "engine/end.hpp"
#include "engine/report_json.hpp"
#include "engine/run_methods.hpp"

namespace nexpo {

using nlohmann::json;

namespace {

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

bool matches(const ObjectSummary& object, const std::string& search) {
  return search.empty() || lower(object.name).find(search) != std::string::npos ||
         lower(object.label).find(search) != std::string::npos;
}

}  // namespace

Task<json> list_objects(Runtime& runtime, json body) {
  const CallBody call(body);
  const std::string search = lower(call.optional_text("search").value_or(""));
  const auto limit = static_cast<size_t>(call.integer("limit", 1, kObjectsListedMax, kObjectsListedMax));
  End end = co_await End::open(runtime, body, "end");
  const std::vector<ObjectSummary> objects = co_await end.connection().objects();
  json list = json::array();
  for (const ObjectSummary& object : objects) {
    if (list.size() == limit) break;
    if (!matches(object, search)) continue;
    list.push_back({{"name", object.name},
                    {"label", object.label},
                    {"queryable", object.queryable},
                    {"creatable", object.creatable},
                    {"updatable", object.updatable}});
  }
  co_return json{{"objects", std::move(list)}};
}

Task<json> describe_object(Runtime& runtime, json body) {
  std::string object = CallBody(body).text("object");
  End end = co_await End::open(runtime, body, "end");
  const std::unique_ptr<Source> source = end.connection().source();
  const Schema schema = co_await source->describe(std::move(object));
  co_return to_json(schema);
}

Task<json> test_connection(Runtime& runtime, json body) {
  End end = co_await End::open(runtime, body, "end");
  co_return co_await test_end(end.connection());
}

}  // namespace nexpo

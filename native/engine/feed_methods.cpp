#include "engine/feed_methods.hpp"

#include "engine/call_body.hpp"
#include "engine/change_feed.hpp"
#include "engine/end.hpp"
#include "engine/end_methods.hpp"

namespace nexpo {

using nlohmann::json;

namespace {

/// Feeds and syncs share the store's leases, but not their names: no sync id holds a colon.
std::string lease_name(const std::string& feed) { return "feed:" + feed; }

FeedRequest request_of(const json& body) {
  const CallBody call(body);
  FeedRequest request;
  request.id = call.text("id");
  request.object = call.text("object");
  request.fields = call.names("fields");
  request.limit = call.integer("limit", 1, kCallRecordsMax, kFeedLimitDefault);
  request.accept = call.optional_text("accept");
  request.created_field = call.optional_text("createdField").value_or("");
  const std::string from = call.optional_text("from").value_or("now");
  if (from != "now" && from != "start")
    throw Error(ErrorKind::invalid, "from: must be \"now\" or \"start\"").with_field("from");
  request.from_start = from == "start";
  return request;
}

Task<std::string> read(Runtime& runtime, Connection& connection, FeedRequest request, Lease lease) {
  const std::unique_ptr<Source> source = connection.source();
  const Schema schema = co_await source->describe(request.object);
  if (schema.version_field.empty())
    throw Error(ErrorKind::invalid, "object: \"" + schema.object +
                                        "\" has no change stamp to read changes by; a table gets one by the setting "
                                        "versionField")
        .with_field("object");
  ChangeFeed feed(*runtime.store, runtime.workers, *source, schema, connection.identity(), std::move(lease),
                  std::move(request));
  co_return co_await feed.next();
}

}  // namespace

Task<std::string> read_feed(Runtime& runtime, json body) {
  FeedRequest request = request_of(body);
  const json detail{{"feed", request.id}};
  End end = co_await End::open(runtime, body, "source", detail);
  const Lease lease = co_await runtime.store->acquire(lease_name(request.id));
  auto answer = co_await attempt(read(runtime, end.connection(), std::move(request), lease));
  co_await runtime.store->release(lease);
  if (answer.index() == 1) throw std::get<1>(answer);
  co_return std::move(std::get<0>(answer));
}

Task<json> forget_feed(Runtime& runtime, json body) {
  const std::string id = CallBody(body).text("id");
  const Lease lease = co_await runtime.store->acquire(lease_name(id));
  auto forgotten = co_await attempt(runtime.store->forget_feed(lease));
  co_await runtime.store->release(lease);
  if (forgotten.index() == 1) throw std::get<1>(forgotten);
  co_return json::object();
}

}  // namespace nexpo

#include "connectors/salesforce/org.hpp"

#include <array>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "connectors/salesforce/errors.hpp"
#include "connectors/salesforce/ids.hpp"
#include "connectors/salesforce/soql.hpp"
#include "connectors/salesforce/versions.hpp"
#include "http/http_date.hpp"
#include "http/url.hpp"
#include "record/json.hpp"

namespace nexpo::salesforce {

namespace {

bool succeeded(const http::Response& response) { return response.status >= 200 && response.status < 300; }

/// Names end up in a path: letters, digits and _ only, so that nothing needs encoding.
void check_object_name(const std::string& object) {
  check_soql_name(object);
  if (object.find('.') == std::string::npos) return;
  throw Error(ErrorKind::invalid, fmt::format("\"{}\" is not the name of a Salesforce object", object))
      .with_field(object);
}

/// The one inner answer of a composite call, as if it had come by itself.
http::Response unwrap_composite(http::Response outer, const std::string& doing) {
  auto arena = std::make_shared<Arena>();
  static const Selection kParts({"httpStatusCode", "body"});
  RecordBatch parts(kParts.shape(), arena);
  JsonDecoder().decode_page(outer.body, "compositeResponse", kParts, parts);
  if (parts.size() != 1) throw Error(ErrorKind::unavailable, doing + ": the composite answer has no part");
  std::string body(parts.row(0)[1].view());
  body.reserve(body.size() + http::kBodyPadding);
  outer.status = std::atoi(std::string(parts.row(0)[0].view()).c_str());
  outer.body = std::move(body);
  if (!succeeded(outer)) throw error_of(outer, doing);
  return outer;
}

}  // namespace

std::optional<Seconds> date_of(const http::Response& response) {
  const std::optional<Time> time = http::parse_http_date(response.headers.get("Date"));
  if (!time) return {};
  return std::chrono::floor<std::chrono::seconds>(*time);
}

Org::Org(http::Client& http, OrgOptions options, Clock& clock, Workers& workers, Log log, CancelToken cancel)
    : http_(http),
      options_(std::move(options)),
      clock_(clock),
      workers_(workers),
      log_(std::move(log)),
      cancel_(std::move(cancel)) {}

Task<http::Response> Org::send(http::Request request) {
  // Without Accept some errors come as XML.
  if (request.headers.get("Accept").empty()) request.headers.set("Accept", "application/json");
  request.headers.set("Sforce-Call-Options", "client=" + options_.client_name);
  const bool writes = request.method != "GET";
  if (writes && options_.save_duplicates) request.headers.set("Sforce-Duplicate-Rule-Header", "allowSave=true");
  co_return co_await http_.send(std::move(request));
}

Task<http::Response> Org::call(http::Request request, std::string doing) {
  http::Response response = co_await send(std::move(request));
  if (!succeeded(response)) throw error_of(response, doing);
  co_return response;
}

Task<http::Response> Org::get(std::string path, std::string doing) {
  http::Request request;
  request.url = std::move(path);
  request.cancel = cancel_;
  co_return co_await call(std::move(request), std::move(doing));
}

Task<http::Response> Org::send_json(std::string method, std::string path, std::string body, std::string doing) {
  http::Request request;
  request.method = std::move(method);
  request.url = std::move(path);
  request.headers.set("Content-Type", "application/json; charset=UTF-8");
  request.body = std::move(body);
  request.cancel = cancel_;
  co_return co_await call(std::move(request), std::move(doing));
}

Task<std::string> Org::base() {
  if (base_.empty()) {
    const http::Response offers = co_await get("/services/data", "salesforce: list of API versions");
    base_ = "/services/data/v" + choose_version(offers.body, options_.version_wanted);
  }
  co_return base_;
}

Task<http::Response> Org::query(std::string soql, bool deleted_too, std::string doing) {
  std::string url = co_await base();
  url += deleted_too ? "/queryAll" : "/query";
  url = http::with_query(url, {{"q", soql}});
  if (url.size() > kQueryUrlBytesMax) co_return co_await query_by_composite(std::move(url), std::move(doing));
  co_return co_await get(std::move(url), std::move(doing));
}

Task<http::Response> Org::query_by_composite(std::string url, std::string doing) {
  const nlohmann::json part = {{"method", "GET"}, {"url", url}, {"referenceId", "q"}};
  const nlohmann::json body = {{"compositeRequest", {part}}};
  std::string path = co_await base() + "/composite";
  std::string text = body.dump();
  http::Response outer = co_await send_json("POST", std::move(path), std::move(text), doing);
  co_return unwrap_composite(std::move(outer), doing);
}

Task<std::optional<Seconds>> Org::server_time() {
  const http::Response answer = co_await get("/services/data", "salesforce: list of API versions");
  co_return date_of(answer);
}

Task<std::string> Org::own_user() {
  if (own_user_) co_return *own_user_;
  http::Request request;
  request.url = std::string(kUserPath);
  request.cancel = cancel_;
  const http::Response answer = co_await send(std::move(request));
  const nlohmann::json user = nlohmann::json::parse(answer.body, nullptr, false);
  const bool told = succeeded(answer) && user.is_object() && user.contains("user_id") && user["user_id"].is_string();
  const std::string id = told ? user["user_id"].get<std::string>() : "";
  own_user_ = is_id(id) ? normal_id(id) : "";
  co_return *own_user_;
}

Task<Org::RowCount> Org::count(std::string object, std::string where, bool deleted_too) {
  Select select;
  select.fields = {"COUNT()"};
  select.object = object;
  select.where = std::move(where);
  std::string soql = to_soql(select);
  std::string doing = "salesforce: count of " + object;
  const http::Response answer = co_await query(std::move(soql), deleted_too, doing);
  const nlohmann::json body = nlohmann::json::parse(answer.body, nullptr, false);
  if (!body.is_object() || !body.contains("totalSize")) {
    throw Error(ErrorKind::unavailable, doing + ": the answer has no totalSize");
  }
  const RowCount counted = {body["totalSize"].get<int64_t>(), date_of(answer)};
  co_return counted;
}

Task<Org::DescribeRef> Org::describe(std::string object) {
  const auto known = known_.find(object);
  if (known != known_.end()) co_return known->second.describe;
  co_return co_await describe_now(std::move(object));
}

Task<Org::DescribeRef> Org::describe_now(std::string object) {
  check_object_name(object);
  http::Request request;
  request.url = co_await base() + "/sobjects/" + object + "/describe";
  request.cancel = cancel_;
  const auto known = known_.find(object);
  if (known != known_.end() && !known->second.modified.empty()) {
    request.headers.set("If-Modified-Since", known->second.modified);
  }
  const http::Response answer = co_await send(std::move(request));
  if (answer.status == 304) co_return known_.at(object).describe;
  if (!succeeded(answer)) throw error_of(answer, "salesforce: describe of " + object);
  auto parse = [&answer] { return std::make_shared<const Describe>(parse_describe(answer.body)); };
  DescribeRef describe = co_await workers_.run(parse);
  known_[object] = {describe, std::string(answer.headers.get("Last-Modified"))};
  co_return describe;
}

Task<std::vector<ObjectSummary>> Org::objects() {
  std::string path = co_await base() + "/sobjects";
  const http::Response answer = co_await get(std::move(path), "salesforce: list of objects");
  co_return parse_objects(answer.body);
}

}  // namespace nexpo::salesforce

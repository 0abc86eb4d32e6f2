#include "responder/org.hpp"

#include <algorithm>
#include <charconv>
#include <ctime>
#include <fstream>
#include <sstream>

#include "responder/ids.hpp"

namespace bench {

namespace {

constexpr std::string_view kBase = "/services/data/v66.0";
constexpr std::array kRouteNames = {"token", "versions", "describe",    "limits",  "count",       "query",  "queryMore",
                                    "job",   "jobPoll",  "resultPages", "results", "collections", "ingest", "other"};

Response refusal(int status, std::string_view code, std::string_view message) {
  Response response;
  response.status = status;
  response.body = "[{\"errorCode\":\"" + std::string(code) + "\",\"message\":\"" + std::string(message) + "\"}]";
  return response;
}

Response json(std::string body) {
  Response response;
  response.body = std::move(body);
  return response;
}

size_t number_in(const std::string& text, size_t fallback) {
  size_t value = fallback;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

std::string text_of(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return std::move(text).str();
}

std::string stamp_now() {
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  gmtime_r(&now, &utc);
  char text[32];
  return {text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &utc)};
}

}  // namespace

Org::Org(OrgOptions options)
    : options_(std::move(options)),
      json_(options_.data + "/accounts.json"),
      csv_(options_.data + "/accounts.csv"),
      mapped_(options_.data + "/mapped.json"),
      ledger_(mapped_, options_.records_max) {
  state_.records = options_.records;
  csv_header_ = text_of(options_.data + "/accounts.csv.header");
  for (const std::string object : {"Account", "User"}) {
    describes_[object] = text_of(options_.data + "/describe." + object + ".json");
  }
}

Org::State Org::state() const {
  const std::lock_guard hold(lock_);
  return state_;
}

Response Org::counted(Route route, Response response) {
  ++calls_[route];
  response.headers += "Sforce-Limit-Info: api-usage=1/100000000\r\n";
  return response;
}

Response Org::answer(const Request& request, const HttpServer& server) {
  std::string_view path = request.path;
  if (path.starts_with("/__")) return control(request, server);
  if (path == "/services/oauth2/token") return counted(kToken, token());
  if (path == "/services/data" || path == "/services/data/") return counted(kVersions, versions());
  if (!path.starts_with(kBase)) return counted(kOther, refusal(404, "NOT_FOUND", "no such resource"));
  path.remove_prefix(kBase.size());
  if (path == "/limits")
    return counted(kLimits, json(R"({"DailyApiRequests":{"Max":100000000,"Remaining":99999999}})"));
  if (path == "/query" || path == "/queryAll") {
    const std::string soql = query_value(request.query, "q");
    return counted(soql.starts_with("SELECT COUNT()") ? kCount : kQuery, query(soql));
  }
  if (path.starts_with("/query/")) return counted(kQueryMore, query_more(path.substr(7)));
  if (path.starts_with("/jobs/query")) return jobs(request, path.substr(11));
  if (path.starts_with("/jobs/ingest")) return counted(kIngest, ingest(request, path.substr(12)));
  if (path == "/composite/sobjects/Account/Ext__c" && request.method == "PATCH")
    return counted(kCollections, upsert(request));
  if (path.starts_with("/sobjects/") && path.ends_with("/describe")) {
    return counted(kDescribe, describe(path.substr(10, path.size() - 19)));
  }
  return counted(kOther, refusal(404, "NOT_FOUND", "no such resource"));
}

Response Org::control(const Request& request, const HttpServer& server) {
  if (request.path == "/__stats") return json(stats(server));
  if (request.path == "/__set") {
    const std::lock_guard hold(lock_);
    const auto value = [&request](std::string_view name, size_t fallback) {
      return number_in(query_value(request.query, name), fallback);
    };
    state_.records = value("records", state_.records);
    const size_t generation = value("generation", static_cast<size_t>(state_.change.generation));
    const bool changed = generation != static_cast<size_t>(state_.change.generation);
    state_.change.generation = static_cast<int>(generation % 10);
    state_.change.base = static_cast<int>(value("base", static_cast<size_t>(state_.change.base)) % 10);
    state_.change.step = value("step", state_.change.step);
    if (changed) state_.change.stamp = stamp_now();
    ledger_.set_verify_every(std::max<size_t>(1, value("verifyEvery", 1)));
  }
  if (request.path == "/__set" || request.path == "/__reset") {
    ledger_.reset(query_value(request.query, "forget") == "1");
    for (std::atomic<uint64_t>& count : calls_) count = 0;
    first_write_us_ = 0;
    last_write_us_ = 0;
  }
  return json("{}");
}

std::string Org::stats(const HttpServer& server) const {
  std::string routes;
  uint64_t total = 0;
  for (size_t route = 0; route < kRoutes; ++route) {
    total += calls_[route];
    routes += (route ? ",\"" : "\"") + std::string(kRouteNames[route]) + "\":" + std::to_string(calls_[route]);
  }
  const double writing = static_cast<double>(last_write_us_ - first_write_us_) / 1e6;
  return "{\"calls\":" + std::to_string(total) + ",\"byRoute\":{" + routes + "}," + ledger_.to_json() +
         ",\"writeSeconds\":" + std::to_string(writing) +
         ",\"connectionsPeak\":" + std::to_string(server.connections_peak()) +
         ",\"connectionsRefused\":" + std::to_string(server.connections_refused()) + "}";
}

Response Org::token() {
  return json("{\"access_token\":\"00D5e0000000001!bench\",\"instance_url\":\"" + url_ + "\",\"id\":\"" + url_ +
              "/id/00D5e0000000001EAA/0055e000000001AAAQ\",\"token_type\":\"Bearer\",\"issued_at\":\"1790000000000\","
              "\"signature\":\"c2ltdWxhdGVk\"}");
}

Response Org::versions() {
  return json("[{\"label\":\"Spring '26\",\"url\":\"" + std::string(kBase) + "\",\"version\":\"66.0\"}]");
}

Response Org::describe(std::string_view object) {
  const auto found = describes_.find(std::string(object));
  return found == describes_.end() ? refusal(404, "NOT_FOUND", "no such object") : json(found->second);
}

}  // namespace bench

#include "connectors/salesforce/bulk_job.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/error.hpp"

namespace nexpo::salesforce {

namespace {

using nlohmann::json;

constexpr Millis kPollMax{30'000};

json parse_object(std::string_view body, std::string_view what) {
  json parsed = json::parse(body, nullptr, false);
  if (parsed.is_object()) return parsed;
  throw Error(ErrorKind::unavailable, fmt::format("salesforce: {} is no JSON object", what));
}

std::string text(const json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

int64_t number(const json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_number_integer() ? found->get<int64_t>() : 0;
}

}  // namespace

JobInfo parse_job(std::string_view body) {
  const json object = parse_object(body, "a job");
  JobInfo job;
  job.id = text(object, "id");
  job.state = text(object, "state");
  job.error_message = text(object, "errorMessage");
  job.processed = number(object, "numberRecordsProcessed");
  job.failed = number(object, "numberRecordsFailed");
  if (job.id.empty() || job.state.empty()) {
    throw Error(ErrorKind::unavailable, "salesforce: a job has no id or no state");
  }
  return job;
}

std::string query_job_body(std::string_view soql, bool deleted_too) {
  const json body = {{"operation", deleted_too ? "queryAll" : "query"},
                     {"query", soql},
                     {"contentType", "CSV"},
                     {"columnDelimiter", "COMMA"},
                     {"lineEnding", "LF"}};
  return body.dump();
}

ResultList parse_result_list(std::string_view body) {
  const json object = parse_object(body, "a list of result pages");
  ResultList list;
  const json pages = object.value("resultPages", json::array());
  for (const json& page : pages) list.urls.push_back(text(page, "resultUrl"));
  // The reference and its example spell the name differently.
  list.next = text(object, "nextRecordsUrl");
  if (list.next.empty()) list.next = text(object, "nextRecordUrl");
  if (object.value("done", false)) list.next.clear();
  return list;
}

std::string next_locator(const http::Response& response) {
  const std::string_view locator = response.headers.get("Sforce-Locator");
  return locator == "null" ? "" : std::string(locator);
}

Task<JobInfo> wait_for_job(Org& org, std::string path, Millis first, std::string doing) {
  for (Millis delay = first;; delay = std::min(delay * 3 / 2, kPollMax)) {
    co_await org.clock().sleep(delay, org.cancel());
    const http::Response answer = co_await org.get(path, doing);
    JobInfo job = parse_job(answer.body);
    if (job.over()) co_return job;
  }
}

bool bulk_refuses_object(const Error& error) {
  static constexpr std::array<std::string_view, 4> kCodes = {"INVALIDENTITY", "INVALID_ENTITY", "FEATURENOTENABLED",
                                                             "FUNCTIONALITY_NOT_ENABLED"};
  return std::find(kCodes.begin(), kCodes.end(), error.code()) != kCodes.end();
}

bool job_is_lost(const Error& error) {
  static constexpr std::array<std::string_view, 6> kCodes = {
      "NOT_FOUND", "INVALID_QUERY_LOCATOR", "INVALIDJOB", "INVALIDJOBSTATE", "INVALID_ID_FIELD", "MALFORMED_ID"};
  return std::find(kCodes.begin(), kCodes.end(), error.code()) != kCodes.end();
}

}  // namespace nexpo::salesforce

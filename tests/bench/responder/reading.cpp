// The reading side of Org: queries, their further pages, and Bulk query jobs.
#include <simdjson.h>

#include <algorithm>
#include <charconv>

#include "responder/ids.hpp"
#include "responder/org.hpp"

namespace bench {

namespace {

constexpr std::string_view kBase = "/services/data/v66.0";
constexpr size_t kPageRows = 2'000;
constexpr size_t kPagesListed = 5;
constexpr size_t kStampChars = 19;  // "2026-01-01T00:00:00"
constexpr std::string_view kFirstStamp = "2026-01-01T00:00:00";
constexpr std::string_view kLocatorPrefix = "0r8000000000001";

Response json(std::string body) {
  Response response;
  response.body = std::move(body);
  return response;
}

Response refusal(std::string_view code, std::string_view message) {
  Response response =
      json("[{\"errorCode\":\"" + std::string(code) + "\",\"message\":\"" + std::string(message) + "\"}]");
  response.status = 400;
  return response;
}

/// The characters behind `mark`, as many as there are up to `count`; "" if the mark is not there.
std::string behind(const std::string& text, std::string_view mark, size_t count) {
  const size_t at = text.find(mark);
  return at == std::string::npos ? "" : text.substr(at + mark.size(), count);
}

size_t number_of(std::string_view text, size_t fallback) {
  size_t value = fallback;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

}  // namespace

/// Knows the conditions that clients of the benchmarks use: none, `Id > x`, a lower bound of SystemModstamp behind the
/// time of all unchanged records, and the latter with `(SystemModstamp > t OR (SystemModstamp = t AND Id > x))`. All
/// changed records have one stamp, so that the order by (stamp, Id) is the order by Id.
bool Org::parse_where(const std::string& soql, const State& state, Wanted& wanted) {
  const std::string low = behind(soql, "SystemModstamp >= ", kStampChars);
  if (low.empty()) {
    wanted.rows = state.records;
  } else if (low <= kFirstStamp) {
    return false;
  } else {
    const Change& change = state.change;
    const std::string high = behind(soql, "SystemModstamp < ", kStampChars);
    const bool inside = change.step != 0 && change.stamp >= low && (high.empty() || change.stamp < high);
    wanted.step = std::max<size_t>(1, change.step);
    wanted.rows = inside ? (state.records + wanted.step - 1) / wanted.step : 0;
  }
  const std::string after = behind(soql, "Id > '", kIdChars);
  if (after.empty()) return true;
  const std::optional<size_t> index = index_of(after, kSourceIds);
  if (!index) return false;
  wanted.first = *index / wanted.step + 1;
  return true;
}

Response Org::query(const std::string& soql) {
  Wanted wanted;
  if (soql.find(" FROM Account") == std::string::npos || !parse_where(soql, state(), wanted)) {
    return refusal("MALFORMED_QUERY", "this statement is not played");
  }
  const size_t rows = wanted.rows - std::min(wanted.rows, wanted.first);
  if (soql.starts_with("SELECT COUNT()")) {
    return json("{\"totalSize\":" + std::to_string(rows) + ",\"done\":true,\"records\":[]}");
  }
  const size_t limit = number_of(behind(soql, " LIMIT ", 10), rows);
  wanted.rows = std::min(wanted.rows, wanted.first + limit);
  const size_t to = std::min(wanted.rows, wanted.first + kPageRows);
  return page(wanted, wanted.first, to, to < wanted.rows);
}

/// Locators are given for whole reads only: "0r8000000000001-4000".
Response Org::query_more(std::string_view locator) {
  if (!locator.starts_with(kLocatorPrefix)) return refusal("INVALID_QUERY_LOCATOR", "no such locator");
  Wanted wanted;
  wanted.rows = state().records;
  const size_t from = number_of(locator.substr(kLocatorPrefix.size() + 1), 0);
  const size_t to = std::min(wanted.rows, from + kPageRows);
  return page(wanted, from, to, to < wanted.rows);
}

Response Org::page(const Wanted& wanted, size_t from, size_t to, bool more) {
  const size_t total = wanted.rows - std::min(wanted.rows, wanted.first);
  std::string before = "{\"totalSize\":" + std::to_string(total) + ",\"done\":" + (more ? "false" : "true");
  if (more) {
    before += ",\"nextRecordsUrl\":\"" + std::string(kBase) + "/query/" + std::string(kLocatorPrefix) + "-" +
              std::to_string(to) + "\"";
  }
  before += ",\"records\":[";
  Response response;
  response.stream = std::make_unique<RowStream>(json_, state().change, RowRange{from, std::max(from, to), wanted.step},
                                                std::move(before), ",", "]}");
  return response;
}

Response Org::jobs(const Request& request, std::string_view rest) {
  if (rest.empty()) return counted(kJob, make_job(request));
  rest.remove_prefix(1);
  const std::string_view id = rest.substr(0, rest.find('/'));
  const std::string_view part = rest.substr(id.size());
  if (part.empty()) return counted(kJobPoll, job(id));
  if (part == "/resultPages") return counted(kResultPages, result_pages(id, request));
  return counted(kResults, results(id, request));
}

Response Org::make_job(const Request& request) {
  simdjson::dom::parser parser;
  std::string_view soql;
  Wanted wanted;
  if (parser.parse(request.body.data(), request.body.size())["query"].get(soql) != simdjson::SUCCESS ||
      !parse_where(std::string(soql), state(), wanted)) {
    return refusal("MALFORMED_QUERY", "this statement is not played");
  }
  std::string id(kIdChars, ' ');
  {
    const std::lock_guard hold(lock_);
    write_id(id.data(), kJobIds, jobs_.size());
    jobs_[id] = wanted;
  }
  return job(id);
}

/// A job is complete at once.
Response Org::job(std::string_view id) {
  const std::lock_guard hold(lock_);
  const auto found = jobs_.find(id);
  if (found == jobs_.end()) return refusal("NOT_FOUND", "no such job");
  return json("{\"id\":\"" + found->first +
              "\",\"operation\":\"query\",\"object\":\"Account\",\"state\":\"JobComplete\"," +
              "\"contentType\":\"CSV\",\"apiVersion\":66.0,\"lineEnding\":\"LF\",\"columnDelimiter\":\"COMMA\"," +
              "\"numberRecordsProcessed\":" + std::to_string(found->second.rows) + ",\"retries\":0}");
}

Response Org::result_pages(std::string_view id, const Request& request) {
  const size_t from = number_of(query_value(request.query, "locator"), 0);
  const std::lock_guard hold(lock_);
  const auto found = jobs_.find(id);
  if (found == jobs_.end()) return refusal("NOT_FOUND", "no such job");
  const std::string path = std::string(kBase) + "/jobs/query/" + std::string(id);
  std::string body = "{\"resultPages\":[";
  size_t at = from;
  for (size_t i = 0; i < kPagesListed && (at < found->second.rows || at == 0); ++i, at += options_.result_rows) {
    if (i > 0) body += ',';
    body += "{\"resultUrl\":\"" + path + "/results?locator=" + std::to_string(at) + "\"}";
  }
  const bool done = at >= found->second.rows;
  body += done ? "],\"done\":true}"
               : "],\"nextRecordsUrl\":\"" + path + "/resultPages?locator=" + std::to_string(at) + "\",\"done\":false}";
  return json(std::move(body));
}

/// With a locator one page of results, without one all of them.
Response Org::results(std::string_view id, const Request& request) {
  const std::string locator = query_value(request.query, "locator");
  const State now = state();
  Wanted wanted;
  {
    const std::lock_guard hold(lock_);
    const auto found = jobs_.find(id);
    if (found == jobs_.end()) return refusal("NOT_FOUND", "no such job");
    wanted = found->second;
  }
  const size_t from = std::min(wanted.rows, number_of(locator, 0));
  const size_t to = locator.empty() ? wanted.rows : std::min(wanted.rows, from + options_.result_rows);
  Response response;
  response.type = "text/csv";
  response.headers = "Sforce-Locator: " + (to < wanted.rows ? std::to_string(to) : "null") +
                     "\r\nSforce-NumberOfRecords: " + std::to_string(to - from) + "\r\n";
  response.stream = std::make_unique<RowStream>(csv_, now.change, RowRange{from, to, wanted.step}, csv_header_, "", "");
  return response;
}

}  // namespace bench

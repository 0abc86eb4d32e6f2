// The writing side of Org: the collections resource and Bulk ingest jobs.
#include "responder/ids.hpp"
#include "responder/org.hpp"

namespace bench {

namespace {

Response json(std::string body) {
  Response response;
  response.body = std::move(body);
  return response;
}

Response refusal(int status, std::string_view code, std::string_view message) {
  Response response =
      json("[{\"errorCode\":\"" + std::string(code) + "\",\"message\":\"" + std::string(message) + "\"}]");
  response.status = status;
  return response;
}

void append_id(std::string& out, std::string_view prefix, size_t index) {
  out.append(kIdChars, ' ');
  write_id(out.data() + out.size() - kIdChars, prefix, index);
}

int64_t now_us() {
  const auto since_boot = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::microseconds>(since_boot).count();
}

}  // namespace

void Org::writing_begins() {
  int64_t never = 0;
  first_write_us_.compare_exchange_strong(never, now_us());
}

Response Org::upsert(const Request& request) {
  writing_begins();
  thread_local std::vector<Ledger::Written> kept;
  kept.clear();
  std::string fault;
  if (!ledger_.take(request.body, state().change, kept, fault)) return refusal(400, "INVALID_FIELD", fault);
  Response response;
  response.delay = options_.latency;
  std::string& body = response.body;
  body.reserve(kept.size() * 76 + 2);
  body += '[';
  for (const Ledger::Written& one : kept) {
    body += body.size() > 1 ? ",{\"id\":\"" : "{\"id\":\"";
    append_id(body, kTargetIds, one.index);
    body += "\",\"success\":true,\"errors\":[],\"created\":";
    body += one.created ? "true}" : "false}";
  }
  body += ']';
  last_write_us_ = now_us() + options_.latency.count();
  return response;
}

/// A job has its results as soon as it has its rows.
Response Org::ingest(const Request& request, std::string_view rest) {
  if (rest.empty()) {
    const std::lock_guard hold(lock_);
    std::string id;
    append_id(id, kJobIds, ingest_jobs_made_++);
    ingests_[id];
    return ingest_job(id, "Open");
  }
  rest.remove_prefix(1);
  const std::string_view id = rest.substr(0, rest.find('/'));
  const std::string_view part = rest.substr(id.size());
  if (part == "/batches") return upload(id, request);
  const std::lock_guard hold(lock_);
  const auto job = ingests_.find(id);
  if (job == ingests_.end()) return refusal(404, "NOT_FOUND", "no such job");
  if (part == "/successfulResults") return ingest_results(job->second);
  if (part == "/failedResults" || part == "/unprocessedrecords") {
    Response response = json("\"sf__Id\",\"sf__Error\",\"Ext__c\"\n");
    response.type = "text/csv";
    return response;
  }
  if (request.method == "DELETE") ingests_.erase(job);
  return ingest_job(id, "JobComplete");
}

Response Org::upload(std::string_view id, const Request& request) {
  writing_begins();
  std::vector<Ledger::Written> kept;
  std::string fault;
  if (!ledger_.take_csv(request.body, state().change, kept, fault)) return refusal(400, "INVALID_FIELD", fault);
  const std::lock_guard hold(lock_);
  const auto job = ingests_.find(id);
  if (job == ingests_.end()) return refusal(404, "NOT_FOUND", "no such job");
  job->second = std::move(kept);
  last_write_us_ = now_us();
  Response response;
  response.status = 201;
  return response;
}

Response Org::ingest_job(std::string_view id, std::string_view state) const {
  return json("{\"id\":\"" + std::string(id) + "\",\"operation\":\"upsert\",\"object\":\"Account\",\"state\":\"" +
              std::string(state) +
              "\",\"externalIdFieldName\":\"Ext__c\",\"contentType\":\"CSV\",\"apiVersion\":66.0," +
              "\"lineEnding\":\"LF\",\"columnDelimiter\":\"COMMA\",\"numberRecordsFailed\":0}");
}

Response Org::ingest_results(const std::vector<Ledger::Written>& rows) const {
  Response response = json("\"sf__Id\",\"sf__Created\",\"Ext__c\"\n");
  response.type = "text/csv";
  for (const Ledger::Written& row : rows) {
    response.body += '"';
    append_id(response.body, kTargetIds, row.index);
    response.body += row.created ? "\",\"true\",\"" : "\",\"false\",\"";
    append_id(response.body, kSourceIds, row.index);
    response.body += "\"\n";
  }
  return response;
}

}  // namespace bench

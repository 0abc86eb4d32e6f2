// Bulk API 2.0 jobs, queries and ingests alike: making, waiting, what they say.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/salesforce/org.hpp"

namespace nexpo::salesforce {

struct JobInfo {
  std::string id;
  std::string state;          ///< Open, UploadComplete, InProgress, JobComplete, Failed, Aborted
  std::string error_message;  ///< often missing, also on Failed
  int64_t processed = 0;
  int64_t failed = 0;

  bool complete() const { return state == "JobComplete"; }
  bool over() const { return complete() || state == "Failed" || state == "Aborted"; }
};

/// Throws Error{unavailable} if the body is no job.
JobInfo parse_job(std::string_view body);

/// The body that makes a query job.
std::string query_job_body(std::string_view soql, bool deleted_too);

/// One answer of GET .../resultPages.
struct ResultList {
  std::vector<std::string> urls;  ///< of result pages, paths on the instance
  std::string next;               ///< of the following list, or empty
};
ResultList parse_result_list(std::string_view body);

/// The header Sforce-Locator: "" on the last page, where Salesforce writes the word null.
std::string next_locator(const http::Response& response);

/// Polls until the job is over: `first` before the first time, then half as long again, up to 30 s. Every poll is a
/// call of the daily quota.
Task<JobInfo> wait_for_job(Org& org, std::string path, Millis first, std::string doing);

/// The code of an Error{invalid} about a query job that ended without results.
constexpr std::string_view kJobFailed = "JOB_FAILED";

/// True if Bulk does not take this object at all, which is only found out by asking.
bool bulk_refuses_object(const Error& error);

/// True if what a resume needs of a job is gone: results expire after 7 days, jobs can be deleted by hand, and results
/// are only given to the API version that made the job.
bool job_is_lost(const Error& error);

}  // namespace nexpo::salesforce

// Org: one Salesforce org as everything here calls it.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/cancel.hpp"
#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/task.hpp"
#include "base/workers.hpp"
#include "connectors/salesforce/describe.hpp"
#include "connectors/salesforce/stamp.hpp"
#include "http/client.hpp"

namespace nexpo::salesforce {

/// A longer query URL goes through the composite resource, whose body carries it. URI and headers together may have
/// 16,384 bytes, and access tokens in JWT format eat into that.
constexpr size_t kQueryUrlBytesMax = 8'000;

/// Who the access token stands for.
constexpr std::string_view kUserPath = "/services/oauth2/userinfo";

/// The server's clock as an answer told it.
std::optional<Seconds> date_of(const http::Response& response);

struct OrgOptions {
  std::string version_wanted;
  std::string client_name;       ///< lands in the change events that our writes cause
  bool save_duplicates = false;  ///< write although a duplicate rule objects
};

/// Adds the standing headers, turns refusals into errors, keeps what is asked for often. URLs are paths on the
/// instance: "/services/data/v66.0/...". Lives on the loop thread; calls may overlap. What it borrows outlives it.
class Org {
 public:
  Org(http::Client& http, OrgOptions options, Clock& clock, Workers& workers, Log log, CancelToken cancel);

  /// Any answer, whatever its status.
  Task<http::Response> send(http::Request request);
  /// A 2xx answer; anything else is thrown as an Error that begins with `doing`.
  Task<http::Response> call(http::Request request, std::string doing);
  Task<http::Response> get(std::string path, std::string doing);
  Task<http::Response> send_json(std::string method, std::string path, std::string body, std::string doing);

  /// "/services/data/v66.0". Negotiated with the first call.
  Task<std::string> base();

  /// The first answer of a query, of any length. `deleted_too` reads the recycle bin as well (queryAll).
  Task<http::Response> query(std::string soql, bool deleted_too, std::string doing);
  /// Id of the user that the login stands for; empty if the login may not know. Asked for once.
  Task<std::string> own_user();
  struct RowCount {
    int64_t rows = 0;
    std::optional<Seconds> at;  ///< the server's time of the answer
  };
  /// The server's clock, by a call that always answers.
  Task<std::optional<Seconds>> server_time();
  Task<RowCount> count(std::string object, std::string where, bool deleted_too);

  using DescribeRef = std::shared_ptr<const Describe>;
  /// What is known of the object, asked for once.
  Task<DescribeRef> describe(std::string object);
  /// As above, but asks whether it has changed (If-Modified-Since) where it is known already.
  Task<DescribeRef> describe_now(std::string object);
  Task<std::vector<ObjectSummary>> objects();

  Clock& clock() { return clock_; }
  Workers& workers() { return workers_; }
  const Log& log() const { return log_; }
  const CancelToken& cancel() const { return cancel_; }

 private:
  struct Known {
    DescribeRef describe;
    std::string modified;  ///< Last-Modified of the answer
  };
  Task<http::Response> query_by_composite(std::string url, std::string doing);

  http::Client& http_;
  OrgOptions options_;
  Clock& clock_;
  Workers& workers_;
  Log log_;
  CancelToken cancel_;
  std::string base_;
  std::optional<std::string> own_user_;
  std::map<std::string, Known> known_;
};

}  // namespace nexpo::salesforce

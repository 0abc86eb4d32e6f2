// Org: the answers of a simulated Salesforce org, for reading and for writing.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "responder/http_server.hpp"
#include "responder/ledger.hpp"
#include "responder/row_image.hpp"
#include "responder/row_stream.hpp"

namespace bench {

struct OrgOptions {
  std::string data;                      ///< the folder that ../data/accounts.mjs makes
  size_t records = 100'000;              ///< Accounts that the org has
  size_t records_max = 20'000'000;       ///< Accounts that can be told apart when they are written
  size_t result_rows = 50'000;           ///< rows of one page of Bulk results
  std::chrono::microseconds latency{0};  ///< of each call that writes
};

/// Thread-safe.
class Org {
 public:
  explicit Org(OrgOptions options);

  void set_address(std::string url) { url_ = std::move(url); }
  /// `server` is asked for its numbers of connections by the statistics.
  Response answer(const Request& request, const HttpServer& server);

 private:
  enum Route {
    kToken,
    kVersions,
    kDescribe,
    kLimits,
    kCount,
    kQuery,
    kQueryMore,
    kJob,
    kJobPoll,
    kResultPages,
    kResults,
    kCollections,
    kIngest,
    kOther,
    kRoutes
  };
  struct State {
    size_t records = 0;
    Change change;
  };
  /// The rows that a WHERE asks for, or nothing if it is of a kind that is not played.
  struct Wanted {
    size_t rows = 0;  ///< of the whole set
    size_t step = 1;
    size_t first = 0;  ///< row to begin with
  };

  State state() const;
  Response counted(Route route, Response response);
  Response control(const Request& request, const HttpServer& server);
  Response token();
  Response versions();
  Response describe(std::string_view object);
  Response query(const std::string& soql);
  Response query_more(std::string_view locator);
  Response page(const Wanted& wanted, size_t from, size_t to, bool more);
  Response jobs(const Request& request, std::string_view rest);
  Response make_job(const Request& request);
  Response job(std::string_view id);
  Response result_pages(std::string_view id, const Request& request);
  Response results(std::string_view id, const Request& request);
  Response upsert(const Request& request);
  Response ingest(const Request& request, std::string_view rest);
  Response upload(std::string_view id, const Request& request);
  Response ingest_job(std::string_view id, std::string_view state) const;
  Response ingest_results(const std::vector<Ledger::Written>& rows) const;
  void writing_begins();
  std::string stats(const HttpServer& server) const;
  static bool parse_where(const std::string& soql, const State& state, Wanted& wanted);

  OrgOptions options_;
  std::string url_;
  RowImage json_;
  RowImage csv_;
  RowImage mapped_;
  Ledger ledger_;
  std::string csv_header_;
  std::map<std::string, std::string> describes_;
  mutable std::mutex lock_;
  State state_;
  std::map<std::string, Wanted, std::less<>> jobs_;
  std::map<std::string, std::vector<Ledger::Written>, std::less<>> ingests_;
  size_t ingest_jobs_made_ = 0;
  std::array<std::atomic<uint64_t>, kRoutes> calls_{};
  std::atomic<int64_t> first_write_us_{0};
  std::atomic<int64_t> last_write_us_{0};
};

}  // namespace bench

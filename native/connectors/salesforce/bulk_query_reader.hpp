// BulkQueryReader: reads rows out of a Bulk API 2.0 query job.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "connectors/connector.hpp"
#include "connectors/salesforce/bulk_job.hpp"
#include "connectors/salesforce/org.hpp"
#include "connectors/salesforce/progress.hpp"
#include "connectors/salesforce/result_stream.hpp"
#include "connectors/salesforce/rows.hpp"
#include "record/csv.hpp"

namespace nexpo::salesforce {

/// The statement has a bare range filter: ORDER BY or LIMIT would switch off the chunking by primary key that makes
/// Bulk fast. Rows come in no order, so the place to resume at is (result page, rows taken of it), not a stamp; what
/// is read is fixed by the window. A job whose results are lost is made anew for the same window.
class BulkQueryReader final : public Reader {
 public:
  struct Plan {
    Columns columns;
    bool deleted_too = false;
    bool full = true;
    int page_rows = 1000;
    int streams = 1;        ///< result pages that are downloaded side by side
    ReadProgress progress;  ///< with a place, to resume; otherwise start_job() gives one
  };
  BulkQueryReader(std::shared_ptr<Org> org, Plan plan);

  /// Makes the job and waits for its end. Throws Error{invalid} if Bulk refuses the object, or with kJobFailed.
  Task<> start_job();

  Task<Page> next() override;
  bool complete() const override { return plan_.full; }

 private:
  struct OpenPage {
    BulkPlace place;  ///< its first row
    std::string url;
    std::shared_ptr<ResultStream> stream;  ///< null until its turn to be downloaded
  };

  std::string statement() const;
  std::string job_path() const;
  Task<Page> read_page();
  Task<bool> open_current();
  Task<> load_list();
  void start_downloads();
  Task<bool> read_piece(RecordBatch& wide);
  void close_current();
  void reset();

  std::shared_ptr<Org> org_;
  Plan plan_;
  RowFormat format_;
  std::string doing_;
  BulkPlace place_;                    ///< of the next row to be handed over
  std::deque<OpenPage> pages_;         ///< the current page and those known to follow
  std::optional<std::string> list_;    ///< the list to load next; empty text: there is none
  std::optional<CsvDecoder> decoder_;  ///< of the current page
  int64_t skip_ = 0;                   ///< rows of the current page that were handed over in an earlier run
  int64_t taken_ = 0;                  ///< rows of the current page that were decoded
  bool restarted_ = false;
};

}  // namespace nexpo::salesforce

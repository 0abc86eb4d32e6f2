// QueryReader: reads rows by keyset over the REST query resource.
#pragma once

#include <deque>
#include <memory>
#include <string>

#include "connectors/connector.hpp"
#include "connectors/salesforce/org.hpp"
#include "connectors/salesforce/progress.hpp"
#include "connectors/salesforce/rows.hpp"

namespace nexpo::salesforce {

/// Each call is a statement of its own: rows behind the last one, in order, with a LIMIT. No cursor stays open in the
/// server between calls, and any page can be asked for again. A call brings as many rows as the server gives at once,
/// whatever the size of the pages that are handed over: calls are what the org's quota counts.
///
/// A window is read in the order (stamp, Id). A full read goes by Id alone and has no bounds: no change moves a record
/// in that order, so a record that lives through the read is seen, and what was not seen is gone.
class QueryReader final : public Reader {
 public:
  struct Plan {
    Columns columns;
    bool deleted_too = false;  ///< rows of the recycle bin come along, as removals
    bool full = true;
    int page_rows = kQueryRowsMax;       ///< of a page that is handed over, at most
    int statement_rows = kQueryRowsMax;  ///< LIMIT
    ReadProgress progress;               ///< the window, and the row to go on behind
  };
  QueryReader(std::shared_ptr<Org> org, Plan plan);

  Task<Page> next() override;
  bool complete() const override { return plan_.full; }
  /// Of the last row that was handed over.
  const Position& position() const { return plan_.progress.at; }

 private:
  std::string statement() const;
  Task<http::Response> fetch();
  void decode(std::string body);
  Page take_page();

  std::shared_ptr<Org> org_;
  Plan plan_;
  RowFormat format_;
  JsonDecoder decoder_;
  RecordBatch fetched_;               ///< rows of the last answer
  std::deque<Rejection> unreadable_;  ///< of those not handed over yet
  size_t given_ = 0;                  ///< of those, handed over
  std::string more_;        ///< where the statement's rows go on, if the server gave fewer than LIMIT at once, or empty
  size_t came_ = 0;         ///< rows that came for the statement so far
  bool exhausted_ = false;  ///< no statement follows
};

}  // namespace nexpo::salesforce

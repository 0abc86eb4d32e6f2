// QueryReader: reads rows by keyset over the REST query resource.
#pragma once

#include <memory>
#include <string>

#include "connectors/connector.hpp"
#include "connectors/salesforce/org.hpp"
#include "connectors/salesforce/progress.hpp"
#include "connectors/salesforce/rows.hpp"

namespace nexpo::salesforce {

/// Each page is a statement of its own: rows behind the last one, in order, with a LIMIT. No cursor stays open in the
/// server between pages, and any page can be asked for again.
///
/// A window is read in the order (stamp, Id). A full read goes by Id alone and has no bounds: no change moves a record
/// in that order, so a record that lives through the read is seen, and what was not seen is gone.
class QueryReader final : public Reader {
 public:
  struct Plan {
    Columns columns;
    bool deleted_too = false;  ///< rows of the recycle bin come along, as removals
    bool full = true;
    int page_rows = kQueryRowsMax;
    ReadProgress progress;  ///< the window, and the row to go on behind
  };
  QueryReader(std::shared_ptr<Org> org, Plan plan);

  Task<Page> next() override;
  bool complete() const override { return plan_.full; }

 private:
  std::string statement() const;
  Task<http::Response> fetch();
  Page decode(std::string body);
  void advance(Page& page, const JsonDecoder::Envelope& envelope);

  std::shared_ptr<Org> org_;
  Plan plan_;
  RowFormat format_;
  JsonDecoder decoder_;
  std::string more_;  ///< the rest of a statement's rows, if the server gave fewer than LIMIT at once, or empty
  size_t statement_rows_ = 0;  ///< rows that came for the statement so far
};

}  // namespace nexpo::salesforce

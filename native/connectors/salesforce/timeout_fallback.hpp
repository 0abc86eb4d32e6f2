// TimeoutFallback: moves a read from the query resource to a Bulk job when a query takes the server too long.
#pragma once

#include <functional>
#include <memory>

#include "base/log.hpp"
#include "connectors/salesforce/query_reader.hpp"

namespace nexpo::salesforce {

/// A query is given 120 seconds by Salesforce and then ends as QUERY_TIMEOUT, however often it is repeated; a Bulk job
/// has more time. The job reads on behind the last row that was handed over. If Bulk does not take the object, the
/// timeout is thrown as it came.
class TimeoutFallback final : public Reader {
 public:
  /// Gives null if Bulk refuses the object.
  using OpenBulk = std::function<Task<std::unique_ptr<Reader>>(Position behind)>;

  TimeoutFallback(std::unique_ptr<QueryReader> query, OpenBulk open_bulk, Log log)
      : query_(std::move(query)), open_bulk_(std::move(open_bulk)), log_(std::move(log)) {}

  Task<Page> next() override;
  bool complete() const override { return bulk_ ? bulk_->complete() : query_->complete(); }

 private:
  std::unique_ptr<QueryReader> query_;
  std::unique_ptr<Reader> bulk_;  ///< once a query was too slow
  OpenBulk open_bulk_;
  Log log_;
};

}  // namespace nexpo::salesforce

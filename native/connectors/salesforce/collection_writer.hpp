// CollectionWriter: rows in calls of 200, several at a time.
#pragma once

#include <memory>
#include <span>
#include <variant>
#include <vector>

#include "base/started.hpp"
#include "connectors/salesforce/collections.hpp"
#include "connectors/salesforce/org.hpp"
#include "connectors/salesforce/target_fields.hpp"
#include "record/batch.hpp"

namespace nexpo::salesforce {

/// Rows that lost a lock are sent again so many times, then rejected as retryable.
constexpr int kLockTriesMax = 3;

/// One per writer: the limit on calls in flight holds across batches. Borrows the fields.
class CollectionWriter {
 public:
  CollectionWriter(std::shared_ptr<Org> org, const TargetFields& fields, int parallel_requests)
      : org_(std::move(org)), fields_(fields), in_flight_(parallel_requests) {}

  /// Fills `results[row]` for each of `rows`. Throws only if a whole call failed, once nothing is under way any more;
  /// then everything may be sent again.
  Task<> write(const RecordBatch& batch, std::vector<size_t> rows, std::vector<RowResult>& results);

 private:
  using Results = std::vector<RowResult>;
  using Rows = std::span<const size_t>;

  Task<> write_once(const RecordBatch& batch, const std::vector<size_t>& rows, Results& results);
  Task<std::monostate> write_chunk(const RecordBatch& batch, Rows rows, Results& results);
  Task<> send_chunk(const RecordBatch& batch, Rows rows, Results& results);

  std::shared_ptr<Org> org_;
  const TargetFields& fields_;
  Semaphore in_flight_;
};

/// Waits until none of `started` runs any more, then throws what the first that failed threw.
template <class T>
Task<> join_all(std::vector<Started<T>>& started) {
  for (Started<T>& one : started) co_await one.settle();
  for (Started<T>& one : started) co_await one.join();
}

}  // namespace nexpo::salesforce

// Remover: takes records out of an object, into the recycle bin or past it.
#pragma once

#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "base/started.hpp"
#include "connectors/connector.hpp"
#include "connectors/salesforce/collections.hpp"
#include "connectors/salesforce/key_reader.hpp"
#include "connectors/salesforce/org.hpp"

namespace nexpo::salesforce {

class Remover {
 public:
  Remover(std::shared_ptr<Org> org, std::string object, KeyReader& keys, int parallel_requests)
      : org_(std::move(org)), object_(std::move(object)), keys_(keys), in_flight_(parallel_requests) {}

  /// One result per row of `keys`. A record that is gone, or never was, counts as removed. `hard` takes a Bulk job and
  /// a permission of its own ("Bulk API Hard Delete"); without it records go to the recycle bin, with one warning.
  Task<std::vector<RowResult>> remove(const RecordBatch& keys, DeleteKind kind);

 private:
  using Results = std::vector<RowResult>;

  Task<> remove_soft(const std::vector<std::string>& ids, std::vector<size_t> rows, Results& results);
  Task<std::monostate> remove_chunk(const std::vector<std::string>& ids, std::vector<size_t> rows, Results& results);
  Task<bool> remove_hard(const std::vector<std::string>& ids, const std::vector<size_t>& rows, Results& results);

  std::shared_ptr<Org> org_;
  std::string object_;
  KeyReader& keys_;
  Semaphore in_flight_;
  bool hard_refused_ = false;
};

}  // namespace nexpo::salesforce

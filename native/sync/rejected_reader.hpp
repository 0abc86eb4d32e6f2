// RejectedReader: rejected records as a source, so that they take the same path as everything else.
#pragma once

#include "connectors/connector.hpp"
#include "record/json.hpp"
#include "store/store.hpp"

namespace nexpo {

/// Reads what was kept of rejected records, oldest first. Each is given once, even if it is rejected again meanwhile.
/// `only`: number of the one that is wanted; 0: all.
class RejectedReader final : public Reader {
 public:
  RejectedReader(StateStore& store, std::string sync_id, const std::vector<std::string>& paths, bool retryable_only,
                 int page_records_max, int64_t only = 0);

  Task<Page> next() override;
  bool complete() const override { return false; }

 private:
  StateStore& store_;
  std::string sync_id_;
  Shape shape_;
  Selection selection_;
  JsonDecoder decoder_;
  bool retryable_only_;
  int page_records_max_;
  int64_t only_;
  int64_t after_;
};

}  // namespace nexpo

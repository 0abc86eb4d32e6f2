// RejectedReader: rejected records as a source, so that they take the same path as everything else.
#pragma once

#include "connectors/connector.hpp"
#include "record/json.hpp"
#include "store/store.hpp"
#include "sync/personal_data.hpp"

namespace nexpo {

/// Reads what was kept of rejected records, oldest first. Each is given once, even if it is rejected again meanwhile.
/// `only`: number of the one that is wanted; 0: all. Personal data is opened in memory; a record whose data key was
/// erased is given as unreadable, with the code "key_erased". `personal` is borrowed and may be null.
class RejectedReader final : public Reader {
 public:
  RejectedReader(StateStore& store, std::string sync_id, const std::vector<std::string>& paths, bool retryable_only,
                 int page_records_max, const PersonalData* personal, int64_t only = 0);

  Task<Page> next() override;
  bool complete() const override { return false; }

 private:
  void add(RejectedRecord record, Page& page);

  StateStore& store_;
  std::string sync_id_;
  Shape shape_;
  Selection selection_;
  JsonDecoder decoder_;
  bool retryable_only_;
  int page_records_max_;
  const PersonalData* personal_;
  int64_t only_;
  int64_t after_;
};

}  // namespace nexpo

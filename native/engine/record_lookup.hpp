// RecordLookup: values out of another system's records, found by a key.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "connectors/connector.hpp"
#include "engine/lookup_cache.hpp"
#include "sync/retry.hpp"
#include "transformer/outside.hpp"

namespace nexpo {

/// Of all keys that are asked for at once, those that no answer is at hand for and nobody has asked for yet go to the
/// system in one fetch; whoever needs one of them meanwhile waits for it. A key is compared as it is written; failing
/// that, whatever its case if the system finds it so. Loop thread only.
class RecordLookup {
 public:
  /// Borrows source and clock. `stop` ends the waiting for a retry.
  RecordLookup(Source& source, Clock& clock, RecordQuery query, RetryPolicy retry, CancelToken stop,
               size_t cache_bytes_max = kLookupCacheBytesMax);

  /// Throws Error{invalid} with the field AT.object, AT.key or AT.value if the system has no such thing.
  Task<> check(std::string at);
  /// Throws what the system throws when nothing is to be had from it.
  Task<OutsideAnswers> ask(std::vector<Value> keys);

 private:
  using Records = std::map<std::string, FoundRecord, std::less<>>;
  /// One fetch under way. `records` has every key it was for, unless it failed.
  struct Flight {
    CancelToken landed = CancelToken::make();
    Records records;
    std::exception_ptr failed;
  };
  using FlightRef = std::shared_ptr<Flight>;

  Task<> fly(FlightRef flight, std::vector<std::string> keys);
  Records records_of(const RecordBatch& rows, const std::vector<std::string>& keys) const;
  void keep(const Records& records);
  void add_answer(OutsideAnswers& answers, const FoundRecord& record) const;

  Source& source_;
  Clock& clock_;
  RecordQuery query_;
  RetryPolicy retry_;
  CancelToken stop_;
  std::string missing_, ambiguous_;  ///< reasons
  LookupCache cache_;
  std::map<std::string, FlightRef, std::less<>> flights_;  ///< by key
};

}  // namespace nexpo

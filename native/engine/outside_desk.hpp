// OutsideDesk: answers what mappings ask outside, out of systems, the state, and the host program.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "connectors/connector.hpp"
#include "engine/record_lookup.hpp"
#include "engine/runtime.hpp"
#include "engine/sync_file.hpp"

namespace nexpo {

/// Of one run, or one call. Systems that its lookups read from are connected once each. Loop thread only.
class OutsideDesk final : public Outside {
 public:
  /// Borrows both. `scope` is the prefix of the names under which credentials are kept.
  OutsideDesk(Runtime& runtime, const MappingNeeds& needs, std::string scope, CancelToken stop)
      : runtime_(runtime), needs_(needs), scope_(std::move(scope)), stop_(std::move(stop)) {}

  /// Makes ready for what the plan asks. Connects, without I/O. Throws Error{invalid} with every fault of a system's
  /// settings. The plan outlives the desk.
  void serve(const MappingPlan& plan);
  /// Looks whether what is asked for can be there at all, before anything is read. Gives warnings. Throws
  /// Error{invalid} that names the place in the mapping.
  Task<std::vector<std::string>> check();

  Task<OutsideAnswers> ask(const OutsideQuery& query, std::vector<Value> questions) override;
  /// Calls made to the systems so far.
  uint64_t calls() const;

 private:
  struct System {
    std::unique_ptr<Connection> connection;
    std::unique_ptr<Source> source;
  };

  System& system_of(const RecordQuery& query, const std::string& at);
  Task<OutsideAnswers> follow(LinkQuery query, std::vector<Value> keys);

  Runtime& runtime_;
  const MappingNeeds& needs_;
  std::string scope_;
  CancelToken stop_;
  std::map<std::string, System> systems_;  ///< by their settings as they are written
  std::map<const OutsideQuery*, std::unique_ptr<RecordLookup>> lookups_;
  std::vector<const OutsideQuery*> queries_;
};

}  // namespace nexpo

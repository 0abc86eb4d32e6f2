// ReconcileSession: what a sync that decides field by field needs from both systems.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "connectors/connector.hpp"
#include "engine/sync_file.hpp"
#include "sync/two_way/back_mapping.hpp"
#include "sync/two_way/pair_sides.hpp"

namespace nexpo {

class ReconcileSession {
 public:
  /// Checks rules, groups and directions against the mapping. No I/O. Throws Error{invalid} with every fault.
  ReconcileSession(const SyncFile& file, const MappingPlan& mapping);

  /// Opens the writer of the source, if anything flows back, and finds the fields that records are matched by.
  /// `target_schema` is null if the target's object did not exist before. `target_key` is the field that the target's
  /// writer matches by. Throws Error{invalid}: a match field that is not a plain rename, a field of the source that
  /// cannot be written, a connector that cannot read or write.
  Task<> open(Connection& source, Connection& target, const Schema& source_schema, const Schema* target_schema,
              std::string target_key);

  const Reconciliation& both() const { return both_; }

 private:
  const SyncFile& file_;
  const MappingPlan& mapping_;
  Reconciliation both_;
  std::optional<BackMapping> back_;
  std::unique_ptr<Source> source_, target_;
  std::unique_ptr<Target> source_as_target_;
  std::unique_ptr<Writer> source_writer_;
};

}  // namespace nexpo

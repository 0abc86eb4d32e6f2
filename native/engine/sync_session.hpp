// SyncSession: one sync file, opened: both systems connected, the mapping compiled and checked.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "connectors/connector.hpp"
#include "engine/outside_desk.hpp"
#include "engine/reconcile_session.hpp"
#include "engine/runtime.hpp"
#include "engine/sync_file.hpp"

namespace nexpo {

class SyncSession {
 public:
  /// `file` has its integrations and needs resolved. Checks the configuration of both ends and compiles the mapping. No
  /// I/O. Throws Error{invalid} with every fault.
  SyncSession(Runtime& runtime, SyncFile file, const RunControl& control);

  /// Describes both objects and checks the mapping against them; opens the target's writer. A target object that does
  /// not exist is made if its connector is configured to, unless `dry`: then there is no writer.
  Task<> open(bool dry);

  const SyncFile& file() const { return file_; }
  const SyncPlan& plan() const { return plan_; }
  SyncPlan& plan() { return plan_; }
  Connection& source_connection() { return *source_connection_; }
  Connection& target_connection() { return *target_connection_; }
  Source& source() { return *source_; }
  const Schema& source_schema() const { return source_schema_; }
  /// Null if the target object does not exist yet.
  const Schema* target_schema() const { return target_schema_ ? &*target_schema_ : nullptr; }
  Writer* writer() { return writer_.get(); }
  const PersonalData* personal() const { return personal_.get(); }
  const std::vector<std::string>& warnings() const { return warnings_; }
  /// Whom the mapping asks; null: it asks nobody.
  Outside* outside() { return desk_.get(); }
  /// Of both ends and of the systems that the mapping looks things up in.
  uint64_t calls() const;
  /// Of the end that has one; of two, the one that is nearer to its limit.
  std::optional<Quota> quota() const;

  Task<> describe();

 private:
  Task<> open_personal();

  Runtime& runtime_;
  SyncFile file_;
  MappingPlan mapping_;
  SyncPlan plan_;
  std::unique_ptr<Connection> source_connection_, target_connection_;
  std::unique_ptr<OutsideDesk> desk_;
  std::unique_ptr<ReconcileSession> reconcile_;  ///< null: records are decided whole
  std::unique_ptr<Source> source_;
  std::unique_ptr<Target> target_;
  std::unique_ptr<Writer> writer_;
  Schema source_schema_;
  std::optional<Schema> target_schema_;
  std::unique_ptr<const PersonalData> personal_;
  std::vector<std::string> warnings_;
};

}  // namespace nexpo

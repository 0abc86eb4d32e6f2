#include "store/store.hpp"

#include <fmt/format.h>

#include <cstring>

#include "store/migrations.hpp"
#include "store/run_state.hpp"

namespace nexpo {

std::string_view name_of(RunState state) {
  switch (state) {
    case RunState::running: return "running";
    case RunState::succeeded: return "succeeded";
    case RunState::stopped: return "stopped";
    case RunState::failed: return "failed";
    case RunState::held: return "held";
  }
  return "failed";
}

RunState parse_run_state(std::string_view name) {
  for (const RunState state :
       {RunState::running, RunState::succeeded, RunState::stopped, RunState::failed, RunState::held})
    if (name_of(state) == name) return state;
  throw Error(ErrorKind::invalid, fmt::format("the state store has a run in the unknown state \"{}\"", name));
}

Fingerprint fingerprint_of_bytes(std::string_view bytes) {
  Fingerprint print;
  if (bytes.size() == print.bytes.size()) std::memcpy(print.bytes.data(), bytes.data(), bytes.size());
  return print;
}

std::string_view bytes_of(const Fingerprint& fingerprint) {
  return {reinterpret_cast<const char*>(fingerprint.bytes.data()), fingerprint.bytes.size()};
}

Error newer_database(std::string_view where, int64_t found, int64_t known) {
  return Error(ErrorKind::invalid, fmt::format("{}: this state store is of version {} and this program knows versions "
                                               "up to {}; upgrade the program, or use another store",
                                               where, found, known));
}

Error lost_lease(const Lease& lease) {
  return Error(ErrorKind::conflict,
               fmt::format("sync \"{}\" was taken over by another process (our epoch is {}): nothing "
                           "was changed",
                           lease.sync_id, lease.epoch));
}

Error run_not_running(const Commit& commit) {
  return Error(ErrorKind::conflict, fmt::format("run {} of sync \"{}\" is not running: nothing was changed",
                                                commit.run_id, commit.lease.sync_id));
}

Error run_not_resumable(const Lease& lease, int64_t run_id) {
  return Error(
      ErrorKind::invalid,
      fmt::format("run {} of sync \"{}\" cannot be resumed: it has succeeded, or is unknown", run_id, lease.sync_id));
}

}  // namespace nexpo

// What both stores share about runs and times. Private to store/.
#pragma once

#include <array>
#include <string_view>

#include "store/store.hpp"

namespace nexpo {

/// Runs of each sync that are kept; older ones go when a new one begins.
constexpr int64_t kRunsKept = 1000;

/// Throws Error{invalid} for a word that no version of the store has written.
RunState parse_run_state(std::string_view name);

inline int64_t to_micros(Time time) { return time.time_since_epoch().count(); }
inline Time from_micros(int64_t value) { return Time(std::chrono::microseconds(value)); }
inline Time wall_now() {
  return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
}

/// The counts in the order in which both stores keep them in their columns.
inline std::array<uint64_t*, 9> count_columns(Counts& counts) {
  return {&counts.read,     &counts.created,  &counts.updated,   &counts.deleted,   &counts.unchanged,
          &counts.filtered, &counts.rejected, &counts.in_review, &counts.superseded};
}
constexpr std::string_view kCountColumns =
    "read, created, updated, deleted, unchanged, filtered, rejected, in_review, superseded";

/// The 16 bytes of a stored fingerprint; anything else is an empty one.
Fingerprint fingerprint_of_bytes(std::string_view bytes);
std::string_view bytes_of(const Fingerprint& fingerprint);

Error lost_lease(const Lease& lease);
Error run_not_running(const Commit& commit);
Error run_not_resumable(const Lease& lease, int64_t run_id);

}  // namespace nexpo

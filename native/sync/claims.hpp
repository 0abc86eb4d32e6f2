// Claims: which record of the source holds which key of the target, so that no two records take turns with one.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "store/store.hpp"
#include "sync/personal_data.hpp"

namespace nexpo {

/// Of each mapped row, from the value that the target matches it by: what Link::claim keeps. Empty for removals and for
/// rows without that value. `personal` may be null.
std::vector<Fingerprint> claims_of(const RecordBatch& mapped, size_t key_slot, const PersonalData* personal);

/// Of each mapped row: the source key of another record that holds its key by an earlier page or run. The store is
/// asked once, and only about rows that are new or whose key has changed. Borrows all until it ends.
Task<std::vector<std::optional<std::string>>> holders_of(StateStore& store, const std::string& sync_id,
                                                         const RecordBatch& mapped,
                                                         const std::vector<Fingerprint>& claims,
                                                         const std::vector<std::optional<Link>>& links);

}  // namespace nexpo

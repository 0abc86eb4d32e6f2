// SqliteStore: the embedded state store, one file in one folder.
#pragma once

#include <filesystem>
#include <memory>

#include "base/workers.hpp"
#include "store/store.hpp"

namespace nexpo {

/// Opens the store in the folder `home`, making the folder (for its owner only), the file `state.db` and its tables
/// as needed. Several processes may open one store; the lease of a sync is a lock on `locks/<sync>.lock` that its
/// holder keeps while it lives, and an epoch that every commit compares.
/// Throws Error{invalid} if the file is damaged, no database, or of a newer version of this program.
/// `workers` is borrowed and outlives the store.
Task<std::unique_ptr<StateStore>> open_sqlite_store(std::filesystem::path home, Workers& workers);

}  // namespace nexpo

// PgStore: the shared state store, in the schema `data_sync` of a PostgreSQL database.
#pragma once

#include <memory>
#include <string>

#include "base/workers.hpp"
#include "store/store.hpp"

namespace nexpo {

/// Connects to `url` and brings the tables up to date; the first time this needs the right to make a schema.
/// The lease of a sync is an advisory lock of a session that the store keeps open (so a pooler between must not share
/// sessions), and an epoch that every commit compares. Any number of processes may share the database.
/// Throws Error: invalid (the URL, a newer version), unauthorized, unavailable. `workers` is borrowed.
Task<std::unique_ptr<StateStore>> open_pg_store(std::string url, Workers& workers);

}  // namespace nexpo

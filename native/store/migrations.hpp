// Numbered migrations: how a store's tables came to be what they are.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "base/error.hpp"

namespace nexpo {

/// One step, run in one transaction and noted in the table `migration`. Never edited once it was released.
struct Migration {
  int64_t number;
  std::string_view name;
  std::string_view sql;
};

std::span<const Migration> sqlite_migrations();
std::span<const Migration> pg_migrations();

/// The error for a database that a newer version of the program has migrated.
Error newer_database(std::string_view where, int64_t found, int64_t known);

}  // namespace nexpo

// Stamps: bounds of an incremental read by a version column, as SQL.
#pragma once

#include <optional>
#include <string>

#include "base/clock.hpp"
#include "connectors/postgresql/table.hpp"

namespace nexpo::postgresql {

/// Texts of stamps as PostgreSQL writes and reads them; null: none.
struct Bounds {
  std::optional<std::string> until;  ///< highest stamp to read now
  std::optional<std::string> next;   ///< where the next run starts
  int hidden_sessions = 0;           ///< sessions whose transactions this user may not see
  bool is_standby = false;           ///< the server does not know the transactions that write
};

/// Fixes the bounds before the first row is read, by the server's clock.
/// A row may be committed long after its stamp was taken (the stamp is usually the start of its transaction). So a time
/// carries the cursor no further than the start of the oldest transaction that is running now, nor into the future;
/// a counter no further than the highest value of a transaction that is older than every running one.
/// Throws Error{invalid} if the column's type cannot be a stamp.
Bounds read_bounds(sql::PgConnection& connection, const Table& table, const Column& version);

/// Condition for rows at or above `since` (a parameter such as "$1"). Times reach back ten minutes more, for stamps
/// that are taken from clocks of other machines.
std::string at_least(const Column& version, const std::string& name, const std::string& since);

/// `time` as the column keeps it, such that at_least() with it means `time` itself.
/// Throws Error{invalid} if the column does not hold times.
std::string since_of(sql::PgConnection& connection, const Column& version, Time time);

}  // namespace nexpo::postgresql

#include "connectors/postgresql/stamp.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "sql/identifier.hpp"

namespace nexpo::postgresql {
namespace {

constexpr std::string_view kOverlap = "interval '10 minutes'";

bool is_time(const Column& version) {
  return version.base == "timestamptz" || version.base == "timestamp" || version.base == "date";
}

bool is_counter(const Column& version) {
  static constexpr std::array<std::string_view, 7> kTypes{"int2", "int4",    "int8",  "numeric",
                                                          "text", "varchar", "bpchar"};
  return std::find(kTypes.begin(), kTypes.end(), version.base) != kTypes.end();
}

/// The moment `time` as the column keeps it. A column without zone may hold UTC or the server's local time: `pick`
/// (least or greatest) takes the safe one.
std::string as_stamp(const Column& version, const std::string& time, std::string_view pick) {
  if (version.base == "timestamptz") return time;
  const std::string local = fmt::format(
      "{0}({1} AT TIME ZONE 'UTC', {1} AT TIME ZONE (SELECT reset_val FROM pg_settings WHERE name = 'TimeZone'))", pick,
      time);
  return version.base == "date" ? local + "::date" : local;
}

// Two-phase transactions have lost their start, but it lies before the moment of their preparation; they are short.
constexpr std::string_view kOldestTransaction =
    "least((SELECT min(xact_start) FROM pg_stat_activity WHERE datname = current_database() AND pid <> "
    "pg_backend_pid()), "
    "(SELECT min(prepared) FROM pg_prepared_xacts WHERE database = current_database()))";

std::string newest(const Table& table, const std::string& version, const std::string& condition) {
  return fmt::format("(SELECT {0} FROM {1} WHERE {0} IS NOT NULL AND {2} ORDER BY {0} DESC LIMIT 1)", version,
                     table.quoted(), condition);
}

}  // namespace

Bounds read_bounds(sql::PgConnection& connection, const Table& table, const Column& version) {
  if (!is_time(version) && !is_counter(version))
    throw Error(ErrorKind::invalid,
                fmt::format("versionField: the type {} of column \"{}\" has no order of change; use a "
                            "timestamp, a date or a counter",
                            version.native, version.name))
        .with_field("versionField");
  const std::string name = sql::quoted(version.name);
  std::string until, next;
  if (is_time(version)) {
    until = as_stamp(version, "now()", "greatest");
    next = fmt::format("least({}, {})", newest(table, name, fmt::format("{} <= {}", name, until)),
                       as_stamp(version, std::string(kOldestTransaction), "least"));
  } else {
    until = newest(table, name, "true");
    // A view's rows have no transaction; there only the order of the values helps.
    next = table.is_writable ? newest(table, name, "age(xmin) > age(pg_snapshot_xmin(pg_current_snapshot())::xid)")
                             : until;
  }
  const pqxx::result found = pqxx::nontransaction(connection)
                                 .exec(fmt::format("SELECT ({})::text, ({})::text, (SELECT count(*) FROM "
                                                   "pg_stat_activity WHERE datname = current_database() "
                                                   "AND query = '<insufficient privilege>'), pg_is_in_recovery()",
                                                   until, next));
  Bounds bounds;
  if (!found[0][0].is_null()) bounds.until = found[0][0].c_str();
  if (!found[0][1].is_null()) bounds.next = found[0][1].c_str();
  bounds.hidden_sessions = found[0][2].as<int>();
  bounds.is_standby = found[0][3].as<bool>();
  return bounds;
}

std::string at_least(const Column& version, const std::string& name, const std::string& since) {
  if (version.base == "date") return fmt::format("{} >= {}::date - 1", name, since);
  if (is_time(version)) return fmt::format("{} >= {}::{} - {}", name, since, version.native, kOverlap);
  return fmt::format("{} >= {}::{}", name, since, version.native);
}

std::string since_of(sql::PgConnection& connection, const Column& version, Time time) {
  if (!is_time(version))
    throw Error(ErrorKind::invalid, fmt::format("versionField: column \"{}\" is of type {}, which holds no times",
                                                version.name, version.native))
        .with_field("versionField");
  const std::string moment =
      fmt::format("(timestamptz 'epoch' + {} * interval '1 microsecond')", time.time_since_epoch().count());
  const std::string later = version.base == "date" ? as_stamp(version, moment, "least") + " + 1"
                                                   : as_stamp(version, moment, "least") + " + " + std::string(kOverlap);
  return pqxx::nontransaction(connection).exec(fmt::format("SELECT ({})::text", later))[0][0].c_str();
}

}  // namespace nexpo::postgresql

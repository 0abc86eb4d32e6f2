// PgAddress: where a PostgreSQL database is, and how it may be shown.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nexpo::sql {

/// Connection parameters by libpq's names (host, port, dbname, user, password, sslmode, ...). TLS is the parameters'
/// business: `sslmode`, `sslrootcert` and the environment are read as libpq reads them.
class PgAddress {
 public:
  /// From a URL (postgresql://user:password@host:port/database?sslmode=verify-full) or a "name=value ..." string.
  /// Throws Error{invalid} that names no part of the text, since any part may be the password.
  static PgAddress parse(const std::string& text);

  void set(std::string_view name, std::string value);
  std::string_view get(std::string_view name) const;  ///< "" if it is not there
  const std::vector<std::pair<std::string, std::string>>& parameters() const { return parameters_; }

  /// "postgresql://host:port/database": what messages may show.
  std::string shown() const;

 private:
  std::vector<std::pair<std::string, std::string>> parameters_;
};

}  // namespace nexpo::sql

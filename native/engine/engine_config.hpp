// EngineConfig: what an engine is opened with. Comes as JSON from the host program.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/log.hpp"
#include "crypto/secret.hpp"

namespace nexpo {

struct EngineConfig {
  std::string home;                     ///< directory of the embedded state; made with mode 0700 if it is missing
  std::string database_url;             ///< PostgreSQL for the state; empty: SQLite in `home`
  std::vector<Secret> encryption_keys;  ///< 32 bytes each, newest first; empty: a key file in `home` is made
  bool allow_loopback = false;          ///< may connectors call this machine?
  bool allow_private = false;           ///< may connectors call private networks?
  std::string ca_pem;                   ///< CA certificates; empty: the system's
  int workers = 2;                      ///< threads for databases, decoding and mapping
  LogLevel log_level = LogLevel::warn;

  /// Throws Error{invalid} that names the key: unknown ones too.
  static EngineConfig parse(std::string_view json);
};

}  // namespace nexpo

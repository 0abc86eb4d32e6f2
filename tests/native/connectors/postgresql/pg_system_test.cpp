#include "connectors/sqlite/sql_system.hpp"

namespace nexpo {

std::unique_ptr<SqlSystem> make_pg_system() { return nullptr; }

}  // namespace nexpo

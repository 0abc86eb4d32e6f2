#include "connectors/registry.hpp"

#include <fmt/format.h>

#define CONNECTORS(ENTRY) \
  ENTRY(postgresql)       \
  ENTRY(salesforce)       \
  ENTRY(sqlite)

#define DECLARE(name)               \
  namespace nexpo::name {           \
  extern const ConnectorType kType; \
  }
CONNECTORS(DECLARE)
#undef DECLARE

namespace nexpo {

std::span<const ConnectorType* const> connector_types() {
#define ROW(name) &name::kType,
  static constexpr const ConnectorType* kTypes[] = {CONNECTORS(ROW)};
#undef ROW
  return kTypes;
}

const ConnectorType& connector_type(std::string_view name, std::string_view at) {
  std::string known;
  for (const ConnectorType* type : connector_types()) {
    if (type->name == name) return *type;
    known += known.empty() ? "" : ", ";
    known += type->name;
  }
  throw Error(ErrorKind::invalid, fmt::format("{}: there is no connector \"{}\"; known are {}", at, name, known));
}

}  // namespace nexpo

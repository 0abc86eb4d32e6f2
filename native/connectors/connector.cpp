#include "connectors/connector.hpp"

#include "base/error.hpp"

namespace nexpo {

Task<StartPoint> Source::start_at(std::string object, std::optional<Time>) {
  throw Error(ErrorKind::invalid, object + " has no change stamp, so that changes cannot be told from the rest");
  co_return StartPoint{};
}

}  // namespace nexpo

#include "base/error.hpp"

#include <utility>

namespace nexpo {

std::string_view name_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::invalid: return "invalid";
    case ErrorKind::unauthorized: return "unauthorized";
    case ErrorKind::throttled: return "throttled";
    case ErrorKind::unavailable: return "unavailable";
    case ErrorKind::conflict: return "conflict";
    case ErrorKind::cancelled: return "cancelled";
    case ErrorKind::internal: return "internal";
  }
  return "internal";
}

Error::Error(ErrorKind kind, std::string message, std::optional<Millis> retry_after)
    : kind_(kind), message_(std::move(message)), retry_after_(retry_after) {}

Error Error::with_code(std::string code) && {
  code_ = std::move(code);
  return std::move(*this);
}

Error Error::with_field(std::string field) && {
  field_ = std::move(field);
  return std::move(*this);
}

Error Error::with_unknown_outcome() && {
  outcome_unknown_ = true;
  return std::move(*this);
}

Error to_error(std::exception_ptr thrown) {
  try {
    std::rethrow_exception(std::move(thrown));
  } catch (const Error& error) {
    return error;
  } catch (const std::exception& error) {
    return Error(ErrorKind::internal, error.what());
  } catch (...) {
    return Error(ErrorKind::internal, "something that is not a std::exception was thrown");
  }
}

}  // namespace nexpo

// The one error type. Callers branch on `kind`; people read the message.
#pragma once

#include <chrono>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace nexpo {

using Millis = std::chrono::milliseconds;

/// A kind exists only because some caller acts differently on it.
enum class ErrorKind {
  invalid,       ///< the request, configuration or data is wrong: repeating it cannot help
  unauthorized,  ///< credentials are missing, refused or expired for good
  throttled,     ///< a quota or rate limit: wait (`retry_after`) and repeat
  unavailable,   ///< network, server or lock trouble: repeat after a while
  conflict,      ///< someone else changed or owns the thing meanwhile
  cancelled,     ///< the caller asked to stop
  internal,      ///< a bug or a broken promise of ours
};

std::string_view name_of(ErrorKind kind);

/// Thrown when a call as a whole failed; a bad record is a value in a receipt, never an exception.
/// The message names what failed and how to mend it, and never holds a secret.
class Error : public std::exception {
 public:
  Error(ErrorKind kind, std::string message, std::optional<Millis> retry_after = {});

  ErrorKind kind() const { return kind_; }
  const std::string& message() const { return message_; }
  /// The other system's own code (for example "UNABLE_TO_LOCK_ROW"), or empty.
  const std::string& code() const { return code_; }
  /// The configuration key, field or column that is to blame, or empty.
  const std::string& field() const { return field_; }
  /// How long the other side asked us to wait, if it did.
  std::optional<Millis> retry_after() const { return retry_after_; }
  /// True if the same call may succeed later.
  bool retryable() const { return kind_ == ErrorKind::throttled || kind_ == ErrorKind::unavailable; }
  /// True if the call may have taken effect although it failed: read back before a repeat that is not idempotent.
  bool outcome_unknown() const { return outcome_unknown_; }

  /// By value, so that `error = std::move(error).with_...()` is safe.
  Error with_code(std::string code) &&;
  Error with_field(std::string field) &&;
  Error with_unknown_outcome() &&;

  const char* what() const noexcept override { return message_.c_str(); }

 private:
  ErrorKind kind_;
  std::string message_;
  std::string code_;
  std::string field_;
  std::optional<Millis> retry_after_;
  bool outcome_unknown_ = false;
};

/// What `attempt` gives: the value or the error.
template <class T>
using Result = std::variant<T, Error>;

/// Turns whatever was thrown into an Error: foreign exceptions become `internal`.
Error to_error(std::exception_ptr thrown);

}  // namespace nexpo

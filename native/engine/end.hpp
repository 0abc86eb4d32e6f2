// End: one system of the outside, connected by the connector that its type names.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "connectors/connector.hpp"
#include "engine/runtime.hpp"
#include "engine/sync_file.hpp"

namespace nexpo {

/// Checks the settings and connects. No I/O. `at` is where the end stands, for messages ("source"); `scope` is the
/// prefix of the names under which its credentials are kept; those of an integration are kept with it, for all who use
/// it. Throws Error{invalid} with every fault.
std::unique_ptr<Connection> connect_end(Runtime& runtime, const EndSettings& end, const std::string& at,
                                        std::string scope, CancelToken cancel);

/// One call's `end`: {type, config} or {integration}. Its credentials are kept under a digest of the settings that are
/// no secrets, so that calls with the same settings find what an earlier one was given.
class End {
 public:
  /// `body[name]` is the end; `detail` goes to the audit log if it is an integration. Throws Error{invalid}.
  static Task<End> open(Runtime& runtime, const nlohmann::json& body, std::string name,
                        nlohmann::json detail = nlohmann::json::object());

  Connection& connection() { return *connection_; }

 private:
  explicit End(std::unique_ptr<Connection> connection) : connection_(std::move(connection)) {}

  std::unique_ptr<Connection> connection_;
};

}  // namespace nexpo

// End: one system of the outside, connected by the connector that its type names.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "connectors/connector.hpp"
#include "engine/runtime.hpp"

namespace nexpo {

/// Checks `config` and connects. No I/O. `at` is where the end stands, for messages ("source"); `scope` is the prefix
/// of the names under which its credentials are kept. Throws Error{invalid} with every fault.
std::unique_ptr<Connection> connect_end(Runtime& runtime, const std::string& type, const nlohmann::json& config,
                                        const std::string& at, std::string scope, CancelToken cancel);

/// One call's `end`: {type, config}. Its credentials are kept under a digest of the settings that are no secrets, so
/// that calls with the same settings find what an earlier one was given.
class End {
 public:
  /// `body[name]` is the end. Throws Error{invalid}.
  End(Runtime& runtime, const nlohmann::json& body, const std::string& name);

  Connection& connection() { return *connection_; }

 private:
  std::unique_ptr<Connection> connection_;
};

}  // namespace nexpo

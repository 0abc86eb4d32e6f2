// The list of all connectors: one folder and one line each.
#pragma once

#include <span>
#include <string_view>

#include "connectors/connector.hpp"

namespace nexpo {

std::span<const ConnectorType* const> connector_types();

/// Throws Error{invalid} that lists the known types. `at` is where the name stood, for the message.
const ConnectorType& connector_type(std::string_view name, std::string_view at);

}  // namespace nexpo

// A schema that the host program hands in, as it got it from the engine.
#pragma once

#include <nlohmann/json.hpp>

#include "record/schema.hpp"

namespace nexpo {

/// {object?, keyField?, fields: [{name, type, lengthMax?, scale?, nullable?, creatable?, updatable?, required?,
/// values?, ...}]}; what is left out is as FieldSchema has it. `at` is where it stands, for messages. Throws
/// Error{invalid} that names the member.
Schema parse_schema(const nlohmann::json& schema, const std::string& at);

}  // namespace nexpo

// The methods by which the host program answers what the engine asked it, and says what it can be asked.
#pragma once

#include <nlohmann/json.hpp>

#include "engine/runtime.hpp"

namespace nexpo {

/// {ask, token? {accessToken, instanceUrl?}, values?, errors?, error?} -> {taken}: false if nobody waits for it.
Task<nlohmann::json> take_host_answer(Runtime& runtime, nlohmann::json body);
/// {names: of all functions that mappings may call from now on} -> {}.
Task<nlohmann::json> set_host_functions(Runtime& runtime, nlohmann::json body);

}  // namespace nexpo

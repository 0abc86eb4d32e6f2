// The methods by which the host program answers what the engine asked it.
#pragma once

#include <nlohmann/json.hpp>

#include "engine/runtime.hpp"

namespace nexpo {

Task<nlohmann::json> take_host_answer(Runtime& runtime, nlohmann::json body);

}  // namespace nexpo

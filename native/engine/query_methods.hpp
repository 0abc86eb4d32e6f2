// The methods that look at the state, and the one that forgets it.
#pragma once

#include <nlohmann/json.hpp>

#include "engine/runtime.hpp"

namespace nexpo {

Task<nlohmann::json> list_runs(Runtime& runtime, nlohmann::json body);
Task<nlohmann::json> list_rejected(Runtime& runtime, nlohmann::json body);
Task<nlohmann::json> forget_sync(Runtime& runtime, nlohmann::json body);
/// Every connector with its settings, from its own specification.
Task<nlohmann::json> list_connectors(Runtime& runtime, nlohmann::json body);
Task<nlohmann::json> engine_info(Runtime& runtime, nlohmann::json body);

constexpr int kListLimitMax = 1000;

}  // namespace nexpo

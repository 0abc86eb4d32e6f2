// The methods that run or preview a sync.
#pragma once

#include <nlohmann/json.hpp>

#include "connectors/connector.hpp"
#include "engine/runtime.hpp"

namespace nexpo {

Task<nlohmann::json> run_sync(Runtime& runtime, nlohmann::json body);
Task<nlohmann::json> schedule_sync(Runtime& runtime, nlohmann::json body);
/// A run that does exactly what a kept plan showed.
Task<nlohmann::json> apply_plan(Runtime& runtime, nlohmann::json body);
Task<nlohmann::json> plan_sync(Runtime& runtime, nlohmann::json body);
Task<nlohmann::json> stop_sync(Runtime& runtime, nlohmann::json body);
/// {ok, message}: what connecting to the system gave.
Task<nlohmann::json> test_end(Connection& connection);
Task<nlohmann::json> test_sync(Runtime& runtime, nlohmann::json body);
Task<nlohmann::json> schema_sync(Runtime& runtime, nlohmann::json body);

}  // namespace nexpo

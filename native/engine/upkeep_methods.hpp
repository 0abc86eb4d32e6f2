// The methods on the audit log, the data keys and what is kept how long.
#pragma once

#include <nlohmann/json.hpp>

#include "engine/runtime.hpp"

namespace nexpo {

constexpr int64_t kRetentionDaysMax = 36'500;

Task<nlohmann::json> add_audit(Runtime& runtime, nlohmann::json body);
Task<nlohmann::json> list_audit(Runtime& runtime, nlohmann::json body);
Task<nlohmann::json> verify_audit(Runtime& runtime, nlohmann::json body);
Task<nlohmann::json> rotate_keys(Runtime& runtime, nlohmann::json body);
Task<nlohmann::json> erase_key(Runtime& runtime, nlohmann::json body);
Task<nlohmann::json> apply_retention(Runtime& runtime, nlohmann::json body);

}  // namespace nexpo

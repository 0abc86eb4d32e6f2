// The methods on change feeds.
#pragma once

#include <nlohmann/json.hpp>

#include "engine/runtime.hpp"

namespace nexpo {

Task<std::string> read_feed(Runtime& runtime, nlohmann::json body);
Task<nlohmann::json> forget_feed(Runtime& runtime, nlohmann::json body);

}  // namespace nexpo

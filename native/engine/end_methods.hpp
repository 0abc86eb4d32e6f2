// The methods on one system by itself, without a sync.
#pragma once

#include <nlohmann/json.hpp>

#include "engine/runtime.hpp"

namespace nexpo {

/// Records that one call reads or writes at most: they all become objects of the host program. More is a sync's job.
constexpr int64_t kCallRecordsMax = 50'000;
constexpr int64_t kObjectsListedMax = 10'000;

Task<nlohmann::json> list_objects(Runtime& runtime, nlohmann::json body);
Task<nlohmann::json> describe_object(Runtime& runtime, nlohmann::json body);
Task<nlohmann::json> test_connection(Runtime& runtime, nlohmann::json body);

/// The answer is text already: cells keep the digits that the system gave.
Task<std::string> read_records(Runtime& runtime, nlohmann::json body);
Task<std::string> write_records(Runtime& runtime, nlohmann::json body);

}  // namespace nexpo

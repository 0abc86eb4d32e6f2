// What the engine tells the outside, as JSON. lib/types.ts has the same shapes.
#pragma once

#include <nlohmann/json.hpp>

#include "record/schema.hpp"
#include "sync/preview.hpp"
#include "sync/rule_tally.hpp"

namespace nexpo {

nlohmann::json to_json(const Counts& counts);
nlohmann::json to_json(const Error& error);
nlohmann::json to_json(const Schema& schema);
nlohmann::json to_json(const Run& run);
nlohmann::json to_json(const PreviewReport& report);
/// [{at, rule, checked, failed, asked?}].
nlohmann::json to_json(const RuleTally& rules);
nlohmann::json to_json(const RejectedRecord& record);
/// ISO 8601 in UTC with milliseconds.
std::string to_text(Time time);
/// Text for a JSON answer: bytes that are not UTF-8 become U+FFFD instead of an exception.
std::string dump(const nlohmann::json& json);

}  // namespace nexpo

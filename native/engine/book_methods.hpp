// The methods on documents: what a service keeps beside the syncs' own state.
#pragma once

#include <nlohmann/json.hpp>

#include "engine/runtime.hpp"

namespace nexpo {

/// A kind is a word of a-z, 0-9 and '_'; an id any text without control characters.
constexpr size_t kKindLengthMax = 40;
constexpr size_t kDocumentIdLengthMax = 200;    // bytes
constexpr size_t kDocumentBytesMax = 16 << 20;  // of body or secret, as JSON text

Task<nlohmann::json> get_document(Runtime& runtime, nlohmann::json body);
Task<nlohmann::json> list_documents(Runtime& runtime, nlohmann::json body);
Task<nlohmann::json> put_document(Runtime& runtime, nlohmann::json body);
Task<nlohmann::json> delete_document(Runtime& runtime, nlohmann::json body);
Task<nlohmann::json> reveal_document(Runtime& runtime, nlohmann::json body);

}  // namespace nexpo

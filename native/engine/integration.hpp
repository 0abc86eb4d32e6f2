// Integrations: systems that are kept in the book, so that syncs name them instead of holding their settings.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "engine/runtime.hpp"
#include "engine/sync_file.hpp"

namespace nexpo {

constexpr const char* kIntegrationKind = "integration";

/// Gives the end with its type and settings. {"integration": ID} is the document of that id, {type, config}, with the
/// members of its secret's `authentication` laid over the config; the audit log then has an entry "credential.use" with
/// `detail` before the secret is opened. An end with settings of its own stays as it is.
/// Throws Error{invalid} with the field "AT.integration": no such document, or not of this shape.
Task<EndSettings> resolve_integration(Runtime& runtime, EndSettings end, std::string at, nlohmann::json detail);

/// Both ends of a sync, and what its lookups need; the detail is {syncId}.
Task<SyncFile> resolve_integrations(Runtime& runtime, SyncFile file);

}  // namespace nexpo

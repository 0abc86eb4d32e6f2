// Audit notes as the host program writes them, and times of the book as it reads them.
#pragma once

#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "store/book_store.hpp"

namespace nexpo {

constexpr const char* kEngineActor = "engine";
constexpr size_t kAuditTextLengthMax = 500;      // bytes of actor, action, subject
constexpr size_t kAuditDetailBytesMax = 64'000;  // as JSON text

/// {actor, action, subject?, detail?: object}; `subject` is what it is about unless the note says. Throws
/// Error{invalid} that names the member. `at` is where the note stands ("audit").
AuditNote read_audit_note(const nlohmann::json& note, const std::string& at, const std::string& subject);
/// `body["audit"]`, or nothing.
std::optional<AuditNote> optional_audit_note(const nlohmann::json& body, const std::string& subject);
/// Where the body has none: the engine did it.
AuditNote audit_note_or(const nlohmann::json& body, std::string action, std::string subject);

/// Throws Error{invalid} for a control character, or more bytes than that.
void check_plain_text(const std::string& text, const std::string& name, size_t bytes_max);

nlohmann::json to_json(const AuditEntry& entry);

}  // namespace nexpo

#include "engine/audit_note.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "engine/call_body.hpp"
#include "engine/report_json.hpp"

namespace nexpo {

using nlohmann::json;

void check_plain_text(const std::string& text, const std::string& name, size_t bytes_max) {
  const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  if (text.size() <= bytes_max && std::ranges::none_of(text, control)) return;
  throw Error(ErrorKind::invalid,
              fmt::format("{}: must be a text of at most {} bytes without control characters", name, bytes_max))
      .with_field(name);
}

AuditNote read_audit_note(const json& note, const std::string& at, const std::string& subject) {
  if (!note.is_object())
    throw Error(ErrorKind::invalid, fmt::format("{}: must be an object {{actor, action, subject?, detail?}}", at))
        .with_field(at);
  const CallBody call(note);
  AuditNote out;
  out.actor = call.text("actor");
  out.action = call.text("action");
  out.subject = call.optional_text("subject").value_or(subject);
  check_plain_text(out.actor, at + ".actor", kAuditTextLengthMax);
  check_plain_text(out.action, at + ".action", kAuditTextLengthMax);
  check_plain_text(out.subject, at + ".subject", kAuditTextLengthMax);
  const json detail = note.value("detail", json::object());
  out.detail = detail.dump();
  if (!detail.is_object() || out.detail.size() > kAuditDetailBytesMax)
    throw Error(ErrorKind::invalid,
                fmt::format("{}.detail: must be an object of at most {} bytes", at, kAuditDetailBytesMax))
        .with_field(at + ".detail");
  return out;
}

std::optional<AuditNote> optional_audit_note(const json& body, const std::string& subject) {
  const auto found = body.find("audit");
  if (found == body.end() || found->is_null()) return std::nullopt;
  return read_audit_note(*found, "audit", subject);
}

AuditNote audit_note_or(const json& body, std::string action, std::string subject) {
  std::optional<AuditNote> given = optional_audit_note(body, subject);
  if (given) return std::move(*given);
  AuditNote own;
  own.actor = kEngineActor;
  own.action = std::move(action);
  own.subject = std::move(subject);
  return own;
}

json to_json(const AuditEntry& entry) {
  return {{"number", entry.number},
          {"at", to_text(entry.at)},
          {"actor", entry.note.actor},
          {"action", entry.note.action},
          {"subject", entry.note.subject},
          {"detail", json::parse(entry.note.detail, nullptr, false)},
          {"hash", entry.hash}};
}

}  // namespace nexpo

#include "engine/integration.hpp"

#include <fmt/format.h>

#include "engine/audit_note.hpp"
#include "engine/mapping_needs.hpp"

namespace nexpo {
namespace {

using nlohmann::json;

[[noreturn]] void refuse(const std::string& at, const std::string& id, std::string_view what) {
  const std::string field = at + ".integration";
  throw Error(ErrorKind::invalid, fmt::format("{}: integration \"{}\" {}", field, id, what)).with_field(field);
}

/// The member `name` of the document, {} if it has none.
json object_in(const json& document, const char* name, const std::string& at, const std::string& id) {
  json found = document.value(name, json::object());
  if (!found.is_object()) refuse(at, id, fmt::format("is of another shape: {} must be an object", name));
  return found;
}

Task<json> authentication_of(Runtime& runtime, const Document& document, std::string at, json detail) {
  AuditNote note;
  note.actor = kEngineActor;
  note.action = "credential.use";
  note.subject = document.kind + "/" + document.id;
  note.detail = detail.dump();
  (void)co_await runtime.store->add_audit(note, runtime.loop.now());
  if (document.secret.empty()) co_return json::object();
  auto opened = co_await attempt(runtime.data_keys->open(note.subject, document.secret));
  if (opened.index() == 1) {
    if (std::get<1>(opened).code() != kKeyErasedCode) throw std::get<1>(opened);
    refuse(at, document.id, "has lost its credentials: their data key was erased; give it new ones");
  }
  const json secret = json::parse(std::get<0>(opened).reveal(), nullptr, false);
  co_return object_in(secret, "authentication", at, document.id);
}

}  // namespace

Task<EndSettings> resolve_integration(Runtime& runtime, EndSettings end, std::string at, json detail) {
  if (end.integration.empty()) co_return end;
  const std::optional<Document> found = co_await runtime.store->document(kIntegrationKind, end.integration);
  if (!found) refuse(at, end.integration, "does not exist");
  const json body = json::parse(found->body, nullptr, false);
  const auto type = body.find("type");
  if (type == body.end() || !type->is_string())
    refuse(at, end.integration, "is of another shape: type must be the name of a connector");
  end.type = type->get<std::string>();
  end.config = object_in(body, "config", at, end.integration);
  end.config.update(co_await authentication_of(runtime, *found, std::move(at), std::move(detail)));
  co_return end;
}

Task<SyncFile> resolve_integrations(Runtime& runtime, SyncFile file) {
  const json detail{{"syncId", file.id}};
  file.source = co_await resolve_integration(runtime, std::move(file.source), "source", detail);
  file.target = co_await resolve_integration(runtime, std::move(file.target), "target", detail);
  file.needs = co_await resolve_needs(runtime, file.field_mappings, "fieldMappings", detail);
  co_return file;
}

}  // namespace nexpo

#include "engine/book_methods.hpp"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "engine/audit_note.hpp"
#include "engine/call_body.hpp"
#include "engine/query_methods.hpp"
#include "engine/report_json.hpp"

namespace nexpo {

using nlohmann::json;

namespace {

constexpr int kSealAttempts = 10;  // against others who make or rewrap the data key at the same moment
constexpr int64_t kRevisionMax = std::numeric_limits<int64_t>::max();

std::string kind_of(const CallBody& call) {
  std::string kind = call.text("kind");
  const auto good = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
  if (kind.size() <= kKindLengthMax && std::ranges::all_of(kind, good)) return kind;
  throw Error(ErrorKind::invalid,
              fmt::format("kind: must be a word of a-z, 0-9 and '_' with at most {} characters", kKindLengthMax))
      .with_field("kind");
}

std::string id_of(const CallBody& call) {
  std::string id = call.text("id");
  check_plain_text(id, "id", kDocumentIdLengthMax);
  return id;
}

std::optional<int64_t> revision_of(const json& body, int64_t min) {
  const auto found = body.find("ifRevision");
  if (found == body.end() || found->is_null()) return std::nullopt;
  return CallBody(body).integer("ifRevision", min, kRevisionMax);
}

/// The object `body[name]` as text.
std::string object_text(const json& body, const char* name) {
  const auto found = body.find(name);
  if (found == body.end() || !found->is_object())
    throw Error(ErrorKind::invalid, fmt::format("{}: must be an object", name)).with_field(name);
  std::string text = found->dump();
  if (text.size() <= kDocumentBytesMax) return text;
  throw Error(ErrorKind::invalid, fmt::format("{}: may have {} bytes at most", name, kDocumentBytesMax))
      .with_field(name);
}

json to_json(const Document& document) {
  return {{"kind", document.kind},
          {"id", document.id},
          {"revision", document.revision},
          {"body", json::parse(document.body, nullptr, false)},
          {"hasSecret", !document.secret.empty()},
          {"createdAt", to_text(document.created_at)},
          {"updatedAt", to_text(document.updated_at)}};
}

DocumentWrite write_of(const json& body) {
  const CallBody call(body);
  DocumentWrite write;
  write.kind = kind_of(call);
  write.id = id_of(call);
  write.body = object_text(body, "body");
  write.if_revision = revision_of(body, 0);
  write.audit = optional_audit_note(body, write.kind + "/" + write.id);
  if (body.contains("secret")) write.change = body["secret"].is_null() ? SecretChange::erase : SecretChange::replace;
  return write;
}

/// Seals and writes; once more if the data key was changed in between.
Task<Document> write_sealed(Runtime& runtime, DocumentWrite write, std::string secret) {
  for (int attempts = 1;; ++attempts) {
    write.secret = co_await runtime.data_keys->seal_for_document(write.kind + "/" + write.id, secret);
    auto written = co_await attempt(runtime.store->put_document(write));
    if (written.index() == 0) co_return std::move(std::get<0>(written));
    const Error& error = std::get<1>(written);
    if (error.code() != kKeyChangedCode || attempts == kSealAttempts) throw error;
  }
}

}  // namespace

Task<json> get_document(Runtime& runtime, json body) {
  const CallBody call(body);
  const std::optional<Document> found = co_await runtime.store->document(kind_of(call), id_of(call));
  json answer{{"document", nullptr}};
  if (found) answer["document"] = to_json(*found);
  co_return answer;
}

Task<json> list_documents(Runtime& runtime, json body) {
  const CallBody call(body);
  const auto limit = static_cast<int>(call.integer("limit", 1, kListLimitMax, 100));
  std::string after = call.optional_text("after").value_or("");
  std::string prefix = call.optional_text("prefix").value_or("");
  const std::vector<Document> found =
      co_await runtime.store->documents(kind_of(call), std::move(after), std::move(prefix), limit + 1);
  json documents = json::array();
  for (const Document& document : found)
    if (documents.size() < static_cast<size_t>(limit)) documents.push_back(to_json(document));
  json answer{{"documents", std::move(documents)}};
  if (found.size() > static_cast<size_t>(limit)) answer["next"] = found[found.size() - 2].id;
  co_return answer;
}

Task<json> put_document(Runtime& runtime, json body) {
  DocumentWrite write = write_of(body);
  write.now = runtime.loop.now();
  Document written;
  if (write.change == SecretChange::replace) {
    std::string secret = object_text(body, "secret");
    written = co_await write_sealed(runtime, std::move(write), std::move(secret));
  } else {
    written = co_await runtime.store->put_document(std::move(write));
  }
  co_return json{{"document", to_json(written)}};
}

Task<json> delete_document(Runtime& runtime, json body) {
  const CallBody call(body);
  std::string kind = kind_of(call);
  std::string id = id_of(call);
  std::optional<AuditNote> note = optional_audit_note(body, kind + "/" + id);
  const bool deleted = co_await runtime.store->delete_document(std::move(kind), std::move(id), revision_of(body, 1),
                                                               std::move(note), runtime.loop.now());
  co_return json{{"deleted", deleted}};
}

Task<json> reveal_document(Runtime& runtime, json body) {
  const CallBody call(body);
  const std::string kind = kind_of(call);
  const std::string id = id_of(call);
  const std::string name = kind + "/" + id;
  AuditNote note = read_audit_note(body.value("audit", json()), "audit", name);
  const std::optional<Document> found = co_await runtime.store->document(kind, id);
  if (!found || found->secret.empty()) co_return json{{"secret", nullptr}};
  (void)co_await runtime.store->add_audit(std::move(note), runtime.loop.now());
  const Secret opened = co_await runtime.data_keys->open(name, found->secret);
  co_return json{{"secret", json::parse(opened.reveal(), nullptr, false)}};
}

}  // namespace nexpo

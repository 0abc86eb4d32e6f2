#include "connectors/salesforce/collections.hpp"

#include <fmt/format.h>

#include "base/error.hpp"
#include "connectors/salesforce/ids.hpp"
#include "record/json.hpp"

namespace nexpo::salesforce {

namespace {

bool takes_text(FieldType type) {
  return type == FieldType::text || type == FieldType::reference || type == FieldType::binary;
}

JsonRowWriter::Member member_of(const TargetField& field) {
  JsonRowWriter::Member member;
  // A JSON number in a text field would fail the whole call with JSON_PARSER_ERROR.
  member.text_only = takes_text(field.type);
  member.before = '"' + field.name + "\":";
  if (!field.is_parent()) return member;
  // A parent is taken away through its lookup: there is no key to name.
  member.if_null = member.before + "null";
  member.before = '"' + field.relationship + "\":{";
  if (field.polymorphic) member.before += R"("attributes":{"type":")" + field.parent_object + "\"},";
  member.before += '"' + field.parent_field + "\":";
  member.after = "}";
  return member;
}

JsonRowWriter row_writer(const TargetFields& target) {
  std::vector<JsonRowWriter::Member> members;
  for (const TargetField& field : target.fields) members.push_back(member_of(field));
  if (target.by_id) members[target.key] = {.before = "\"id\":", .text_only = true};
  return {std::move(members), R"("attributes":{"type":")" + target.object + "\"}"};
}

}  // namespace

std::string encode_collection(const TargetFields& target, const RecordBatch& batch, std::span<const size_t> rows) {
  const JsonRowWriter writer = row_writer(target);
  std::string out = R"({"allOrNone":false,"records":[)";
  for (size_t i = 0; i < rows.size(); ++i) {
    if (i > 0) out += ',';
    writer.append(out, batch.row(rows[i]));
    if (i == 0) out.reserve(out.size() * (rows.size() + 1));  // rows are of about one size
  }
  out += "]}";
  return out;
}

std::vector<RowResult> parse_collection(std::string body, size_t count) {
  enum Slot : size_t { kId, kSuccess, kCreated, kErrors };
  const Selection wanted({"id", "success", "created", "errors"});
  auto arena = std::make_shared<Arena>();
  const std::string_view text = arena->adopt(std::move(body));
  RecordBatch rows(wanted.shape(), arena);
  JsonDecoder().decode_page(text, "", wanted, rows);
  if (rows.size() != count) {
    throw Error(ErrorKind::unavailable,
                fmt::format("salesforce: {} records were sent and {} results came back", count, rows.size()))
        .with_unknown_outcome();
  }
  std::vector<RowResult> results(count);
  for (size_t row = 0; row < count; ++row) {
    const std::span<const Value> cells = rows.row(row);
    RowResult& result = results[row];
    result.success = cells[kSuccess].view() == "true";
    result.created = cells[kCreated].view() == "true";
    if (const std::string_view id = cells[kId].view(); !id.empty()) result.id = normal_id_or_same(id, *arena);
    constexpr int kRefused = 400;
    if (!result.success) result.fault = fault_of(kRefused, cells[kErrors].view());
  }
  return results;
}

}  // namespace nexpo::salesforce

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

/// A JSON number in a text field would fail the whole call with JSON_PARSER_ERROR.
void append_cell(std::string& out, Value value, FieldType type) {
  const bool scalar = value.is(ValueKind::number) || value.is(ValueKind::boolean);
  if (scalar && takes_text(type)) value = Value::text(value.view());
  append_json(out, value);
}

void append_parent(std::string& out, const TargetField& field, Value value) {
  out += '"' + field.relationship + "\":{";
  if (field.polymorphic) out += R"("attributes":{"type":")" + field.parent_object + "\"},";
  out += '"' + field.parent_field + "\":";
  append_cell(out, value, field.type);
  out += '}';
}

void append_field(std::string& out, const TargetField& field, Value value) {
  // A parent is taken away through its lookup: there is no key to name.
  if (field.is_parent() && value.present()) return append_parent(out, field, value);
  out += '"' + field.name + "\":";
  append_cell(out, value, field.type);
}

void append_row(std::string& out, const TargetFields& target, std::span<const Value> cells) {
  out += R"({"attributes":{"type":")" + target.object + "\"}";
  for (size_t slot = 0; slot < cells.size(); ++slot) {
    if (cells[slot].is(ValueKind::unset)) continue;
    out += ',';
    if (target.by_id && slot == target.key) {
      out += "\"id\":";
      append_json_string(out, cells[slot].view());
    } else {
      append_field(out, target.fields[slot], cells[slot]);
    }
  }
  out += '}';
}

}  // namespace

std::string encode_collection(const TargetFields& target, const RecordBatch& batch, std::span<const size_t> rows) {
  std::string out = R"({"allOrNone":false,"records":[)";
  for (size_t i = 0; i < rows.size(); ++i) {
    if (i > 0) out += ',';
    append_row(out, target, batch.row(rows[i]));
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

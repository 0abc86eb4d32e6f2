#include "connectors/salesforce/rows.hpp"

#include "base/error.hpp"
#include "connectors/salesforce/stamp.hpp"

namespace nexpo::salesforce {

namespace {

std::vector<std::string> wide_paths(const Columns& columns, bool deleted_too) {
  std::vector<std::string> paths;
  for (const Column& column : columns.columns) paths.push_back(column.path);
  paths.push_back("Id");
  if (!columns.stamp.empty()) paths.push_back(columns.stamp);
  if (!columns.editor.empty()) paths.push_back(columns.editor);
  if (deleted_too) paths.push_back("IsDeleted");
  return paths;
}

Value convert_json(Value value, FieldType type, Arena& arena) {
  if (value.is(ValueKind::unset)) return Value::null();
  if (type == FieldType::datetime && value.is(ValueKind::text)) return Value::text(normal_time(value.view(), arena));
  return value;
}

Value convert_csv(Value value, FieldType type, Arena& arena) {
  if (!value.present()) return Value::null();
  switch (type) {
    case FieldType::boolean: return Value::boolean(value.view() == "true");
    case FieldType::integer:
    case FieldType::number: return Value::number(value.view());
    case FieldType::datetime: return Value::text(normal_time(value.view(), arena));
    default: return value;
  }
}

}  // namespace

RowFormat::RowFormat(Columns columns, bool deleted_too)
    : columns_(std::move(columns)), deleted_too_(deleted_too), selection_(wide_paths(columns_, deleted_too)) {}

RecordBatch RowFormat::wide_batch() const { return {selection_.shape(), std::make_shared<Arena>()}; }

template <class Convert>
RecordBatch RowFormat::finish(const RecordBatch& wide, Convert convert) const {
  const std::vector<Column>& columns = columns_.columns;
  const size_t id_slot = columns.size();
  const size_t stamp_slot = columns_.stamp.empty() ? 0 : id_slot + 1;
  const size_t editor_slot = columns_.editor.empty() ? 0 : id_slot + (stamp_slot ? 2 : 1);
  const size_t deleted_slot = deleted_too_ ? wide.slots() - 1 : 0;
  Arena& arena = *wide.arena();
  RecordBatch rows(columns_.slots, wide.arena());
  rows.reserve(wide.size());
  for (size_t row = 0; row < wide.size(); ++row) {
    const std::span<const Value> cells = wide.row(row);
    if (cells[id_slot].view().empty()) throw Error(ErrorKind::unavailable, "salesforce: a row of the answer has no Id");
    RowHead head;
    head.key = cells[id_slot].view();
    if (stamp_slot) head.version = normal_time(cells[stamp_slot].view(), arena);
    if (editor_slot) {
      head.editor = cells[editor_slot].view();
      head.by_us = !head.editor.empty() && head.editor == columns_.own_user;
    }
    if (deleted_slot && cells[deleted_slot].view() == "true") head.op = RecordOp::remove;
    const std::span<Value> to = rows.add(head);
    for (size_t slot = 0; slot < columns.size(); ++slot) to[slot] = convert(cells[slot], columns[slot].type, arena);
  }
  return rows;
}

RecordBatch RowFormat::finish_json(const RecordBatch& wide) const { return finish(wide, convert_json); }

RecordBatch RowFormat::finish_csv(const RecordBatch& wide) const { return finish(wide, convert_csv); }

Position RowFormat::position_of(const RecordBatch& rows, size_t row, bool by_stamp) const {
  const RowHead& head = rows.head(row);
  Position position;
  position.id = head.key;
  if (!by_stamp) return position;
  position.stamp = parse_time(head.version);
  if (!position.stamp) throw Error(ErrorKind::unavailable, "salesforce: a row of the answer has no " + columns_.stamp);
  return position;
}

}  // namespace nexpo::salesforce

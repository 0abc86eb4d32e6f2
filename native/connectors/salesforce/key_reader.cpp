#include "connectors/salesforce/key_reader.hpp"

#include <algorithm>
#include <unordered_map>

#include "base/error.hpp"
#include "connectors/salesforce/ids.hpp"

namespace nexpo::salesforce {

namespace {

constexpr size_t kNoSlot = static_cast<size_t>(-1);

void append_rows(RecordBatch& to, const RecordBatch& from) {
  to.arena()->keep(from.arena());
  for (size_t row = 0; row < from.size(); ++row) {
    const std::span<Value> cells = to.add(from.head(row));
    std::copy(from.row(row).begin(), from.row(row).end(), cells.begin());
  }
}

size_t chars_of(const std::vector<std::string>& fields) {
  size_t chars = 0;
  for (const std::string& field : fields) chars += field.size() + 1;
  return chars;
}

}  // namespace

KeyReader::KeyReader(std::shared_ptr<Org> org, const TargetFields& fields, Columns columns)
    : org_(std::move(org)), fields_(fields), columns_(std::move(columns)) {}

/// An external id may have 15 letters and digits by chance, but hardly 18 with the right checksum.
bool KeyReader::is_target_id(std::string_view key) const {
  return is_id(key) && (fields_.by_id || key.size() == kLongIdChars);
}

Task<RecordBatch> KeyReader::read(std::vector<std::string> keys) {
  std::vector<std::string> ids, values;
  std::unordered_map<std::string, std::string> asked;  // the long id -> the id as it was asked for
  for (std::string& key : keys) {
    if (is_target_id(key)) {
      std::string id = normal_id(key);
      if (asked.emplace(id, key).second) ids.push_back(std::move(id));
    } else if (!fields_.by_id) {
      values.push_back(std::move(key));
    }
  }
  RowFormat format(columns_, false);
  RecordBatch found(columns_.slots, std::make_shared<Arena>());
  const size_t select_chars = chars_of(columns_.select_list(false)) + 100;
  const size_t rows_max = kQueryRowsMax;
  std::vector<std::string> by_id = in_clauses("Id", ids, select_chars, rows_max);
  for (std::string& clause : by_id) {
    co_await read_where(std::move(clause), format, kNoSlot, found);
  }
  for (size_t row = 0; row < found.size(); ++row) {
    RowHead& head = found.head(row);
    if (const auto as = asked.find(std::string(head.key)); as != asked.end())
      head.key = found.arena()->copy(as->second);
  }
  const std::string& key_name = fields_.key_field().name;
  std::vector<std::string> by_key = in_clauses(key_name, values, select_chars, rows_max);
  for (std::string& clause : by_key) {
    co_await read_where(std::move(clause), format, fields_.key, found);
  }
  co_return found;
}

/// Appends what a condition gives. `key_slot`: the cell that is the key; without one it is the id.
Task<> KeyReader::read_where(std::string clause, RowFormat& format, size_t key_slot, RecordBatch& found) {
  Select select;
  select.object = columns_.object;
  select.fields = columns_.select_list(false);
  select.where = std::move(clause);
  std::string doing = "salesforce: read of " + columns_.object + " by key";
  std::string soql = to_soql(select);
  http::Response answer = co_await org_->query(std::move(soql), false, doing);
  for (;;) {
    RecordBatch wide = format.wide_batch();
    const std::string_view text = wide.arena()->adopt(std::move(answer.body));
    const JsonDecoder::Envelope envelope = JsonDecoder().decode_page(text, "records", format.selection(), wide);
    RecordBatch rows = format.finish_json(wide);
    for (size_t row = 0; key_slot != kNoSlot && row < rows.size(); ++row) {
      rows.head(row).key = rows.row(row)[key_slot].view();
    }
    append_rows(found, rows);
    std::string more(envelope.scalar("nextRecordsUrl"));
    if (more.empty()) co_return;
    answer = co_await org_->get(std::move(more), doing);
  }
}

Task<std::vector<std::string>> KeyReader::ids(std::vector<std::string> keys) {
  std::vector<std::string> ids(keys.size());
  std::unordered_map<std::string_view, size_t> wanted;
  std::vector<std::string> values;
  for (size_t i = 0; i < keys.size(); ++i) {
    if (is_target_id(keys[i])) {
      ids[i] = normal_id(keys[i]);
    } else if (!fields_.by_id && wanted.emplace(keys[i], i).second) {
      values.push_back(keys[i]);
    }
  }
  Columns only_key = columns_;
  const std::string& key_name = fields_.key_field().name;
  only_key.slots = std::make_shared<const std::vector<std::string>>(1, key_name);
  only_key.columns = {columns_.columns[fields_.key]};
  RowFormat format(only_key, false);
  RecordBatch found(only_key.slots, std::make_shared<Arena>());
  const size_t rows_max = kQueryRowsMax;
  constexpr size_t kSelectChars = 500;
  std::vector<std::string> by_key = in_clauses(key_name, values, kSelectChars, rows_max);
  for (std::string& clause : by_key) {
    co_await read_where(std::move(clause), format, kNoSlot, found);
  }
  for (size_t row = 0; row < found.size(); ++row) {
    const auto at = wanted.find(found.row(row)[0].view());
    if (at != wanted.end()) ids[at->second] = found.head(row).key;
  }
  co_return ids;
}

}  // namespace nexpo::salesforce

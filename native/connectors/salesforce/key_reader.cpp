#include "connectors/salesforce/key_reader.hpp"

#include <algorithm>
#include <unordered_map>

#include "base/error.hpp"
#include "connectors/salesforce/condition.hpp"
#include "connectors/salesforce/ids.hpp"

namespace nexpo::salesforce {

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
  const size_t chars = select_chars(columns_);
  const size_t rows_max = kQueryRowsMax;
  std::vector<std::string> by_id = in_clauses("Id", ids, chars, rows_max);
  for (std::string& clause : by_id) {
    co_await append_where(*org_, format, std::move(clause), found);
  }
  for (size_t row = 0; row < found.size(); ++row) {
    RowHead& head = found.head(row);
    if (const auto as = asked.find(std::string(head.key)); as != asked.end())
      head.key = found.arena()->copy(as->second);
  }
  const std::string& key_name = fields_.key_field().name;
  std::vector<std::string> by_key = in_clauses(key_name, values, chars, rows_max);
  const size_t by_id_count = found.size();
  for (std::string& clause : by_key) {
    co_await append_where(*org_, format, std::move(clause), found);
  }
  for (size_t row = by_id_count; row < found.size(); ++row) {
    found.head(row).key = found.row(row)[fields_.key].view();
  }
  co_return found;
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
    co_await append_where(*org_, format, std::move(clause), found);
  }
  for (size_t row = 0; row < found.size(); ++row) {
    const auto at = wanted.find(found.row(row)[0].view());
    if (at != wanted.end()) ids[at->second] = found.head(row).key;
  }
  co_return ids;
}

}  // namespace nexpo::salesforce

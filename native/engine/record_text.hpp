// RecordsText: rows as the JSON array that the host program gets.
#pragma once

#include <optional>
#include <string>

#include "record/batch.hpp"
#include "record/json.hpp"

namespace nexpo {

/// Each row is an object of its fields. Dotted fields keep their flat name ("Owner.Name"). A removed row says so by
/// `_deleted: true`, and has its key under the name of the key field even where the system tells nothing else of it.
class RecordsText {
 public:
  /// `key_field` names the key of removed rows; empty where none can come.
  explicit RecordsText(std::string key_field) : key_field_(std::move(key_field)) {}

  size_t size() const { return size_; }
  /// All batches have one shape.
  void add(const RecordBatch& rows, size_t row);
  /// The array. Nothing can be added afterwards.
  std::string take();

 private:
  std::string key_field_;
  std::string text_ = "[";
  std::optional<JsonRowWriter> writer_;
  size_t size_ = 0;
};

}  // namespace nexpo

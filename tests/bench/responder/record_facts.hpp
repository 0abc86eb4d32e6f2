// RecordFacts: what a written record says, in a form that can be compared fast.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <simdjson.h>

namespace bench {

/// Apart from the order of the fields: the key, the generation, and a sum of hashes over all other names and values.
/// Numbers are equal if they are the same double (1.50 and 1.5), and never equal to a text; null is a value of its own.
class RecordFacts {
 public:
  explicit RecordFacts(simdjson::ondemand::object record);
  /// A row of an ingest job's CSV, in which "#N/A" is null and an empty cell says nothing.
  RecordFacts(const std::vector<std::string>& names, const std::vector<std::string>& cells);

  uint64_t values() const { return values_; }
  const std::string& key() const { return key_; }
  char generation() const { return generation_; }

 private:
  void add_text(std::string_view name, std::string_view text);
  void add_number(std::string_view name, double number);
  void add_null(std::string_view name);

  uint64_t values_ = 0;
  std::string key_;
  char generation_ = '?';
};

}  // namespace bench

// MappingTests: the unit tests that a mapping carries with it.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "transformer/mapping.hpp"

namespace nexpo {

/// Parsed from `tests`: [{name?, input: a record, expect: {field: value} or {rejected: code}}]. A field that `expect`
/// does not name may be anything; one that it names has to be there with this value, numbers by their value.
/// `{"rejected": "required"}` alone asks for a rejection, unless the mapping fills a field of that name.
class MappingTests {
 public:
  /// Throws one MappingError that lists every fault; `at` is where the tests stand.
  static MappingTests parse(const nlohmann::json& tests, std::string_view at);

  bool empty() const { return tests_.empty(); }
  /// Their records, as a JSON array.
  std::string inputs() const;
  /// [{name, ok, got: {output} or {rejected}}], in order. `results` is what became of inputs(): results_text().
  nlohmann::json judge(const std::string& results, const Shape& target_fields) const;

 private:
  struct One {
    std::string name;
    nlohmann::json input, expect;
  };
  std::vector<One> tests_;
};

}  // namespace nexpo

// One value held against one rule, and pages held against many, for tests.
#pragma once

#include "transformer/mapped.hpp"

namespace nexpo {

/// "holds", or "code: message".
inline std::string judge(const std::string& rule, const std::string& value) {
  const std::string mapping = R"([{"source":"v","target":"v","validate":[)" + rule + "]}]";
  const std::string result = map_record(mapping, "{\"v\":" + value + "}");
  return result.starts_with('{') ? "holds" : result;
}

/// What is wrong with the rule itself, or "no fault".
inline std::string rule_fault(const std::string& rule) {
  return compile_fault(R"([{"source":"v","target":"v","validate":[)" + rule + "]}]");
}

struct ValidatedPage {
  std::vector<std::string> rows, refusals, warnings, counts;
};

inline ValidatedPage validate_page(const std::string& mappings, const std::vector<std::string>& records,
                                   const std::string& validation = "[]", const Schema* target = nullptr) {
  const nlohmann::json rules = nlohmann::json::parse(validation);
  MappingOptions options;
  options.validation = &rules;
  const MappingPlan plan = MappingPlan::compile(nlohmann::json::parse(mappings), "fieldMappings", options);
  ValidatedPage page;
  if (target) page.warnings = plan.check(nullptr, target, "fieldMappings");
  const MappedBatch mapped = plan.apply(batch_of(plan.source_paths(), records));
  for (size_t row = 0; row < mapped.records.size(); ++row) {
    append_json_row(page.rows.emplace_back(std::to_string(mapped.source_row[row]) + " "), mapped.records, row);
  }
  for (const Rejection& one : mapped.rejections)
    page.refusals.push_back(std::to_string(one.row) + " " + one.code + " of " + one.field + ": " + one.message);
  page.warnings.insert(page.warnings.end(), mapped.warnings.begin(), mapped.warnings.end());
  for (size_t i = 0; i < mapped.rules.size(); ++i) {
    page.counts.push_back(plan.rules()[i].at + " " + plan.rules()[i].rule + " " +
                          std::to_string(mapped.rules[i].failed) + "/" + std::to_string(mapped.rules[i].checked));
  }
  return page;
}

}  // namespace nexpo

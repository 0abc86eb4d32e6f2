// RecordRule: what the fields of a mapped record have to be together, compiled from one member of `validation`.
#pragma once

#include <string>
#include <vector>

#include "transformer/expression/expression.hpp"
#include "transformer/validation/rule.hpp"

namespace nexpo {

struct RecordRule {
  RuleHead head;
  Expression holds;              ///< over the target fields, by slot
  std::vector<uint32_t> fields;  ///< that it names
};

/// Of `validation`: [{expression, message, severity?}]. `targets` are the names of the target fields, by slot; an
/// expression names them as `record.<field>`.
std::vector<RecordRule> compile_record_rules(const nlohmann::json& rules, const std::string& at,
                                             const std::vector<std::string>& targets, Faults& faults);

}  // namespace nexpo

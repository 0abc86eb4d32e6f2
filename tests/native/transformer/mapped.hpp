// One record mapped from JSON to JSON, for tests.
#pragma once

#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "record/json.hpp"
#include "transformer/mapping.hpp"

namespace nexpo {

inline RecordBatch batch_of(const std::vector<std::string>& paths, const std::vector<std::string>& records) {
  const Selection selection(paths);
  RecordBatch batch(selection.shape(), std::make_shared<Arena>());
  JsonDecoder decoder;
  for (const std::string& record : records) decoder.decode_record(batch.arena()->adopt(record), selection, batch);
  return batch;
}

/// The mapped record as JSON, or "code: message" if it was refused.
inline std::string map_record(const std::string& mappings, const std::string& record,
                              const std::string& validation = "[]", std::vector<std::string>* warnings = nullptr) {
  const nlohmann::json rules = nlohmann::json::parse(validation);
  MappingOptions options;
  options.validation = &rules;
  const MappingPlan plan = MappingPlan::compile(nlohmann::json::parse(mappings), "fieldMappings", options);
  const MappedBatch mapped = plan.apply(batch_of(plan.source_paths(), {record}));
  if (warnings) *warnings = mapped.warnings;
  if (!mapped.rejections.empty()) return mapped.rejections[0].code + ": " + mapped.rejections[0].message;
  std::string out;
  append_json_row(out, mapped.records, 0);
  return out;
}

/// `value` (JSON) through one format step or a list of them: the JSON of the result, or the fault.
inline std::string format(const std::string& params, const std::string& value) {
  const std::string mapping =
      R"([{"source":"v","target":"v","onError":"fail_record","transformation":{"type":"format","params":)" + params +
      "}}]";
  const std::string out = map_record(mapping, "{\"v\":" + value + "}");
  return out.starts_with("{\"v\":") ? out.substr(5, out.size() - 6) : out;
}

/// What is wrong with the mappings, or "no fault".
inline std::string compile_fault(const std::string& mappings) {
  try {
    MappingPlan::compile(nlohmann::json::parse(mappings), "fieldMappings");
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::invalid);
    return error.message();
  }
  return "no fault";
}

/// What is wrong with one format step.
inline std::string step_fault(const std::string& params) {
  return compile_fault(R"([{"source":"v","target":"v","onError":"null","transformation":{"type":"format","params":)" +
                       params + "}}]");
}

}  // namespace nexpo

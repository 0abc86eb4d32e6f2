// KeyReader: current values of records that are known by key.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "connectors/salesforce/org.hpp"
#include "connectors/salesforce/rows.hpp"
#include "connectors/salesforce/target_fields.hpp"

namespace nexpo::salesforce {

/// A key is the value of the field that records are matched by, or a long id.
class KeyReader {
 public:
  /// `columns` are what is read of each record.
  KeyReader(std::shared_ptr<Org> org, const TargetFields& fields, Columns columns);

  /// Rows whose head holds the key as it was asked for, in any order; records that are not there are left out.
  Task<RecordBatch> read(std::vector<std::string> keys);
  /// Ids in the order of `keys`; "" where there is no such record.
  Task<std::vector<std::string>> ids(std::vector<std::string> keys);

 private:
  bool is_target_id(std::string_view key) const;

  std::shared_ptr<Org> org_;
  const TargetFields& fields_;
  Columns columns_;
};

}  // namespace nexpo::salesforce

// SalesforceWriter: batches into one object.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "connectors/connector.hpp"
#include "connectors/salesforce/collection_writer.hpp"
#include "connectors/salesforce/columns.hpp"
#include "connectors/salesforce/key_reader.hpp"
#include "connectors/salesforce/org.hpp"
#include "connectors/salesforce/remover.hpp"
#include "connectors/salesforce/target_fields.hpp"

namespace nexpo::salesforce {

/// Collections of 200 with several calls in flight, or Bulk jobs where a batch is large. Upserts by external id and
/// updates by Id are idempotent, so a batch whose outcome is unknown is simply sent again.
class SalesforceWriter final : public Writer {
 public:
  struct Options {
    int parallel_requests = 1;
    int64_t bulk_rows = 2'000;  ///< more rows than this go by Bulk
  };
  /// `columns` are the slots of `fields`, for reading back.
  SalesforceWriter(std::shared_ptr<Org> org, TargetFields fields, Columns columns, Options options);

  std::string key_field() const override { return key_field_; }
  Task<BatchReceipt> write(const RecordBatch& batch) override;
  Task<BatchReceipt> remove(const RecordBatch& keys, DeleteKind kind) override;
  Task<RecordBatch> fetch(std::vector<std::string> keys) override;

 private:
  std::vector<size_t> rows_to_send(const RecordBatch& batch, std::vector<RowResult>& results) const;
  BatchReceipt receipt_of(const RecordBatch& batch, std::vector<RowResult> results) const;

  std::shared_ptr<Org> org_;
  TargetFields fields_;
  std::string key_field_;  ///< as the plan spells it
  Options options_;
  CollectionWriter collections_;
  KeyReader keys_;
  Remover remover_;
};

}  // namespace nexpo::salesforce

// BulkWriter: a large batch as Bulk API 2.0 ingest jobs.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "connectors/salesforce/collections.hpp"
#include "connectors/salesforce/ingest.hpp"
#include "connectors/salesforce/org.hpp"
#include "connectors/salesforce/target_fields.hpp"
#include "record/batch.hpp"

namespace nexpo::salesforce {

/// Fills `results[row]` for each of `rows`, whose keys differ. One job, or more where they do not fit into one upload.
/// False, with nothing written, if Bulk does not take the object.
Task<bool> write_by_bulk(std::shared_ptr<Org> org, const TargetFields& fields, const RecordBatch& batch,
                         const std::vector<size_t>& rows, std::vector<RowResult>& results);

}  // namespace nexpo::salesforce

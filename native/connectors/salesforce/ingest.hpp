// Bulk API 2.0 ingest: rows as CSV, a job, and results that come in any order and are joined by key.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/salesforce/bulk_job.hpp"
#include "connectors/salesforce/target_fields.hpp"
#include "record/batch.hpp"

namespace nexpo::salesforce {

/// One upload holds 150 MB after base64.
constexpr size_t kUploadBytesMax = 100 * 1000 * 1000;
/// A longer cell is not taken by Bulk.
constexpr size_t kCsvCellCharsMax = 32'000;

/// False if a row cannot go by CSV: text that is literally "#N/A" would clear its field, and very long text is refused.
bool fits_csv(std::span<const Value> cells);

/// Header and rows of a batch, as far as they fit into `bytes_max`; takes them off the front of `rows`.
/// An unset cell is empty, which leaves the field alone. Null and "" are `#N/A`, which clears it.
std::string encode_csv(const TargetFields& target, const RecordBatch& batch, std::span<const size_t>& rows,
                       size_t bytes_max = kUploadBytesMax);

struct IngestJob {
  std::string object;
  std::string operation;          ///< upsert, update, hardDelete
  std::string external_id_field;  ///< for upsert
  std::string key_column;         ///< of the CSV: results are joined by it
  std::string csv;
};

/// The body that makes the job.
std::string ingest_job_body(const IngestJob& job);

/// What became of one key.
struct KeyResult {
  std::string_view key;
  std::string_view id;     ///< of a success
  std::string_view error;  ///< of a failure, as Bulk writes it
  bool created = false;
};

struct IngestResults {
  JobInfo job;
  std::shared_ptr<Arena> arena;  ///< of the views
  std::vector<KeyResult> succeeded;
  std::vector<KeyResult> failed;
};

/// Makes the job, uploads, waits, and takes the results. A key in neither list was not processed.
/// Throws Error{invalid} if Bulk refuses the object before anything was uploaded.
Task<IngestResults> run_ingest(std::shared_ptr<Org> org, IngestJob job);

}  // namespace nexpo::salesforce

// How far a read is: the text of a cursor.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "connectors/salesforce/soql.hpp"
#include "record/page.hpp"

namespace nexpo::salesforce {

/// A place in the results of a bulk query job. Results can be read again, so a resume skips the rows that were taken.
struct BulkPlace {
  std::string job;
  std::string version;  ///< results are only given to the API version that made the job
  std::string list;     ///< the URL of the list of result pages, or, without such lists, of the page itself
  int page = 0;         ///< index in that list
  int64_t taken = 0;    ///< rows of that page that were handed over
};

/// Between runs only `next` is set (written as "since"). Within a run, `next` is where the run after this one starts.
struct ReadProgress {
  enum class Stage { between, rows, bulk, deleted };

  Stage stage = Stage::between;
  std::optional<Seconds> next;
  Window window;         ///< what this run reads; a full read has no bounds
  Position at;           ///< rows: behind this one
  BulkPlace bulk;        ///< bulk
  std::string after_id;  ///< deleted: ids up to here were handed over

  /// Throws Error{invalid} if the text is not ours: it says to run in full.
  static ReadProgress parse(const Cursor& cursor);
  Cursor cursor() const;
  /// The cursor behind the last page: {"v":1,"since":"2026-01-02T03:04:05Z"}, or empty if the object has no stamp.
  Cursor finished() const;
};

}  // namespace nexpo::salesforce

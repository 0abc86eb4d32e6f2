// Rows: what an answer's records become on their way into a page.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "connectors/salesforce/columns.hpp"
#include "connectors/salesforce/soql.hpp"
#include "record/batch.hpp"
#include "record/json.hpp"

namespace nexpo::salesforce {

/// Rows are decoded over the plan's slots and up to four more of our own; finish_json() and finish_csv() turn those
/// into row heads.
/// Thread rule: one thread at a time.
class RowFormat {
 public:
  RowFormat(Columns columns, bool deleted_too);

  const Columns& columns() const { return columns_; }
  /// Paths in a JSON record, or names in a CSV header: the plan's, then Id, the stamp, the editor and IsDeleted.
  const Selection& selection() const { return selection_; }

  /// An empty batch to decode into.
  RecordBatch wide_batch() const;

  /// Rows of the plan's slots. Heads get the id as key, stamp, editor, and `remove` where IsDeleted is true.
  /// What was selected is never unset: a field that the answer leaves out (a parent that is not there) is null.
  /// One moment gets one text, `...Z`. Cells share the arena of `wide`.
  RecordBatch finish_json(const RecordBatch& wide) const;
  /// As above for CSV, in which every cell is text: booleans and numbers become what they are. Salesforce cannot tell
  /// null from "" there, both are null.
  RecordBatch finish_csv(const RecordBatch& wide) const;

  /// The stamp of a finished row and its id: where a keyset read goes on.
  Position position_of(const RecordBatch& rows, size_t row, bool by_stamp) const;

 private:
  template <class Convert>
  RecordBatch finish(const RecordBatch& wide, Convert convert) const;

  Columns columns_;
  bool deleted_too_;
  Selection selection_;
};

}  // namespace nexpo::salesforce

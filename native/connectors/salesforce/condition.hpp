// Rows by a condition: all that a statement gives, at once. For few rows; a pass over an object has readers.
#pragma once

#include <string>

#include "connectors/salesforce/org.hpp"
#include "connectors/salesforce/rows.hpp"

namespace nexpo::salesforce {

/// Room that the statement needs besides its condition.
size_t select_chars(const Columns& columns);

/// Appends the rows for which `condition` holds. Deleted ones are not among them.
Task<> append_where(Org& org, const RowFormat& format, std::string condition, RecordBatch& found);

}  // namespace nexpo::salesforce

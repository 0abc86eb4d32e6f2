// GivenRecords: records that the host program hands over to be mapped, and what it gets back for each.
#pragma once

#include <string>
#include <vector>

#include "record/batch.hpp"
#include "record/page.hpp"
#include "transformer/mapping.hpp"

namespace nexpo {

/// Over the source paths of a mapping, in order.
struct GivenRecords {
  RecordBatch rows;
  std::vector<Rejection> unreadable;  ///< see Page
};

/// Reads `text`, a JSON array of records. `Owner.Name` is looked for as a member of a member and, failing that, as a
/// flat name. Throws Error{invalid} for text that is no such array, and with the field `records` for more than
/// `records_max`.
GivenRecords decode_given(std::string text, const std::vector<std::string>& paths, size_t records_max);

/// An array with one member for each of `records` records, in order: {output}, an object of the target fields as a
/// write would send them, or {rejected: {code, field, message}}.
std::string results_text(const MappedBatch& mapped, size_t records);

}  // namespace nexpo

// sObject Collections: up to 200 records in one call, and what is said about each.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/salesforce/errors.hpp"
#include "connectors/salesforce/target_fields.hpp"
#include "record/batch.hpp"

namespace nexpo::salesforce {

constexpr size_t kCollectionRowsMax = 200;

/// What became of one row, whichever way it was sent.
struct RowResult {
  bool success = false;
  bool created = false;
  std::string id;
  Fault fault;            ///< if it failed
  bool in_doubt = false;  ///< see http::Response
};

/// Body of an upsert (by external id) or update (by Id) of some rows of a batch, in that order. Unset cells are left
/// out, null clears a field, text fields take numbers as text. The id stands in the body of an update only.
std::string encode_collection(const TargetFields& target, const RecordBatch& batch, std::span<const size_t> rows);

/// The answer: one element per row, in order. Throws Error{unavailable} if there are not `count` of them.
std::vector<RowResult> parse_collection(std::string body, size_t count);

}  // namespace nexpo::salesforce

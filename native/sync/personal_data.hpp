// PersonalData: what a mapping marks with `pii`, sealed in what the state keeps and masked in what is told.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "crypto/data_key.hpp"
#include "record/batch.hpp"
#include "record/fingerprint.hpp"
#include "sync/kept_original.hpp"
#include "transformer/mapping.hpp"

namespace nexpo {

/// Of one sync, for the length of a run. May be used by several threads at once.
class PersonalData {
 public:
  /// Borrows the mapping. `key` is the sync's data key; it is there if the mapping marks anything, and null otherwise
  /// if none was ever made or it was erased.
  PersonalData(const MappingPlan& mapping, std::shared_ptr<const DataKey> key);

  bool marked() const { return mapping_.has_personal_data(); }
  bool is_personal(size_t target_slot) const { return mapping_.personal_fields()[target_slot]; }

  /// Makes fingerprints of records with personal data worthless to those without the key: a fingerprint alone would let
  /// anyone try out phone numbers until one fits. Nothing to do where nothing is marked.
  void shield(std::span<Fingerprint> fingerprints) const;

  /// The source row as the state keeps it: KeptOriginal's text.
  std::string original_of(const RecordBatch& source, size_t row) const;
  /// `plain` under the sync's data key, for open().
  std::string seal(std::string_view plain) const;
  /// What was sealed, or nothing if its key was erased.
  std::optional<Secret> open(std::string_view sealed) const;

  /// `text` without the personal values of a record, however a system quotes them: whole, or cut short. Either row may
  /// be empty.
  std::string masked(std::string text, std::span<const Value> source_row, std::span<const Value> mapped_row) const;

 private:
  const MappingPlan& mapping_;
  std::shared_ptr<const DataKey> key_;
  Secret fingerprint_key_;
};

}  // namespace nexpo

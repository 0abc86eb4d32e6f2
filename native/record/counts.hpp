// Counts: what became of every record that was read. The conservation law is written down here.
#pragma once

#include <cstdint>

namespace nexpo {

/// read = written + unchanged + filtered + rejected + in_review + superseded, at every checkpoint.
/// `written` = created + updated + deleted.
struct Counts {
  uint64_t read = 0;
  uint64_t created = 0;
  uint64_t updated = 0;
  uint64_t deleted = 0;
  uint64_t unchanged = 0;   ///< same fingerprint as at the last agreement, or the target had it already
  uint64_t filtered = 0;    ///< left out by policy: a deletion while deletes are ignored
  uint64_t rejected = 0;    ///< kept as a rejected record, with its reason
  uint64_t in_review = 0;   ///< held for a person
  uint64_t superseded = 0;  ///< a later version of the same record in the same page, or the target's value, won

  uint64_t written() const { return created + updated + deleted; }
  bool closes() const { return read == written() + unchanged + filtered + rejected + in_review + superseded; }
  Counts& operator+=(const Counts& other);
  friend bool operator==(const Counts&, const Counts&) = default;
};

}  // namespace nexpo

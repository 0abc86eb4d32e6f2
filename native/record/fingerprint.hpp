// Fingerprint: 128 bits that tell whether a mapped record is the one that was written before.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <span>

#include "record/value.hpp"

namespace nexpo {

/// XXH3-128 over kinds and texts of all cells, so that unset, null, "" and the number 1 and the text "1" differ.
/// Not for security. The same input gives the same bytes on every machine and in every version (it is stored).
struct Fingerprint {
  std::array<uint8_t, 16> bytes{};
  friend bool operator==(const Fingerprint&, const Fingerprint&) = default;
  bool empty() const { return *this == Fingerprint{}; }
};

Fingerprint fingerprint_of(std::span<const Value> cells);

}  // namespace nexpo

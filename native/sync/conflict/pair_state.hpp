// PairState: base and shadows of one pair, as the store keeps them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "record/batch.hpp"
#include "store/pair_store.hpp"

namespace nexpo {

/// How often a field was written now to one side and now to the other: the loop breaker's memory.
struct Alternation {
  uint8_t count = 0;  ///< changes of direction since `since`
  Side last = Side::source;
  Time since{};
  friend bool operator==(const Alternation&, const Alternation&) = default;
};

/// Fields are found by a hash of their name, so a mapping may gain, lose and reorder fields; a field that was not there
/// before is not `known`.
class PairState {
 public:
  /// Names of the mapped fields, and their hashes.
  struct Fields {
    explicit Fields(const Shape& shape);
    std::vector<uint32_t> hashes;  ///< by slot
  };

  /// By slot. Meaningful where `known`.
  std::vector<Value> base, source_shadow, target_shadow;
  std::vector<uint8_t> known;
  std::vector<Alternation> alternations;
  /// What a page was about to write to the sides in doubt (Pair::doubt); none: nothing.
  std::vector<std::optional<Value>> intended;

  /// Nothing is known.
  void clear(size_t slots);
  /// Views into `packed`, which an empty text is too. Throws Error{internal} if the bytes were not made by encode().
  void decode(std::string_view packed, const Fields& fields);
  std::string encode(const Fields& fields) const;

  std::vector<Value>& shadow_of(Side side) { return side == Side::source ? source_shadow : target_shadow; }
};

}  // namespace nexpo

// What a verdict would do, so that a plan can be applied as it was seen.
#pragma once

#include <optional>
#include <string>

#include "record/fingerprint.hpp"
#include "sync/personal_data.hpp"
#include "sync/two_way/pair_verdict.hpp"

namespace nexpo {

/// Over the values of both sides and all that the verdict makes of them. Nothing: it has no effect on either system and
/// holds nothing that does not wait already. With `personal` nobody can guess a value by trying.
std::optional<Fingerprint> effect_of(const Touched& one, const PairVerdict& verdict, const PairCells& cells,
                                     const PersonalData* personal);

/// Under which a plan keeps what is done about a pair, whichever of its records is read.
std::string planned_key(const PairPage& page, const Touched& one);

}  // namespace nexpo

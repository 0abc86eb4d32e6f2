// Stamps: the values of a version column, whatever a table keeps there. Pure.
#pragma once

#include <nlohmann/json.hpp>

#include "base/clock.hpp"

namespace nexpo::sqlite {

/// How far an incremental read reaches back behind what the last one saw: rows that were committed late, or by a
/// machine whose clock is behind, are found again. Rows that did not change cost a comparison.
constexpr std::chrono::minutes kOverlap{10};

/// The lowest stamp to read when `since` was seen before. Texts are taken for times that begin with
/// YYYY-MM-DD[ T]HH:MM[:SS]; whole numbers for seconds, milliseconds or microseconds since 1970 if they are of that
/// size, else for a counter. A counter, and a text that is no time, is its own lower bound (inclusive).
nlohmann::json lower_bound(const nlohmann::json& since);

/// `now` spelled like `sample`, as the highest stamp to read: a row from the future must not carry the cursor there.
/// Null if stamps like `sample` have nothing to do with the clock.
nlohmann::json upper_bound(const nlohmann::json& sample, Time now);

/// `time` spelled like `sample`, as the `since` whose lower_bound() is `time`. Null if such stamps are no times.
nlohmann::json since_of(const nlohmann::json& sample, Time time);

}  // namespace nexpo::sqlite

// Currency: the minor units of ISO 4217.
#pragma once

#include <optional>
#include <string_view>

namespace nexpo {

/// Digits behind the point of amounts in that currency ("EUR": 2, "JPY": 0, "KWD": 3), by its code in any case. Nothing
/// if ISO 4217 lists no such currency; metals and funds that have no minor unit are none.
std::optional<int> minor_units(std::string_view code);

}  // namespace nexpo

// What a sync is told to do when sides differ, and when records go.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/error.hpp"

namespace nexpo {

/// Who wins where both sides changed since they last agreed. The remaining strategies of the product (merge,
/// last_write_wins, manual) decide field by field and are refused until their parts exist.
enum class Strategy : uint8_t { source_wins, target_wins };

/// What a deletion in the source does to the target: nothing, mark it, delete it, or only forget the link.
enum class DeletePolicy : uint8_t { ignore, soft, hard, unlink };

/// Throw Error{invalid} that lists the words allowed. `at` names the key, for the message.
Strategy parse_strategy(std::string_view word, std::string_view at);
DeletePolicy parse_delete_policy(std::string_view word, std::string_view at);
std::string_view name_of(Strategy strategy);
std::string_view name_of(DeletePolicy policy);

}  // namespace nexpo

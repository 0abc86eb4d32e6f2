// What a sync is told to do when sides differ, and when records go.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/error.hpp"

namespace nexpo {

/// Who wins where both sides changed since they last agreed. source_wins and target_wins of a one-way sync look at
/// whole records by their fingerprints; all else is decided field by field (sync/conflict/reconcile.hpp).
enum class Strategy : uint8_t {
  source_wins,
  target_wins,
  merge,            ///< the side that changed; both: the field's rule, else the fallback
  last_write_wins,  ///< the later change stamp
  manual,           ///< a person
};

/// What a deletion in the source does to the target: nothing, mark it, delete it, or only forget the link.
enum class DeletePolicy : uint8_t { ignore, soft, hard, unlink };

/// Throw Error{invalid} that lists the words allowed. `at` names the key, for the message.
Strategy parse_strategy(std::string_view word, std::string_view at);
DeletePolicy parse_delete_policy(std::string_view word, std::string_view at);
std::string_view name_of(Strategy strategy);
std::string_view name_of(DeletePolicy policy);

}  // namespace nexpo

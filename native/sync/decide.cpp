#include "sync/decide.hpp"

#include <string_view>

namespace nexpo {
namespace {

bool changed_since_agreement(const DecideInput& input, size_t row) {
  const std::optional<Link>& link = input.links[row];
  return !link || !link->pending.empty() || link->fingerprint != input.fingerprints[row];
}

Decision decide_removal(DeletePolicy deletes, const std::optional<Link>& link) {
  if (deletes == DeletePolicy::ignore) return {Action::filter};
  if (!link) return {Action::unchanged};
  if (deletes == DeletePolicy::unlink) return {Action::unlink};
  return {Action::remove, true};
}

/// Values that the target had after our last write, or that a crashed run may have written: no edit of a person.
bool ours(const Link& link, const Fingerprint& now) {
  return (!link.shadow.empty() && link.shadow == now) || (!link.pending.empty() && link.pending == now);
}

/// The source changed. The target's side counts as changed when its values are not ours.
Decision decide_against_target(const DecideInput& input, size_t row) {
  const std::optional<Link>& link = input.links[row];
  const auto found = input.current->find(std::string(input.mapped.row(row)[input.key_slot].view()));
  if (found == input.current->end()) return {Action::write};  // not there (any more): nothing that could win
  if (found->second == input.fingerprints[row]) return {Action::adopt};
  if (link && ours(*link, found->second)) return {Action::write, true};
  return {Action::yield};
}

/// Marks all but the last row of each source key, and the later of two records that claim one target key.
void mark_duplicates(const DecideInput& input, std::vector<Decision>& decisions) {
  const size_t rows = input.mapped.size();
  std::unordered_map<std::string_view, size_t> newest;
  newest.reserve(rows);
  for (size_t row = 0; row < rows; ++row) {
    const auto [place, added] = newest.try_emplace(input.mapped.head(row).key, row);
    if (added) continue;
    decisions[place->second] = {Action::supersede};
    place->second = row;
  }
  std::unordered_map<std::string_view, size_t> claimed;
  claimed.reserve(rows);
  for (size_t row = 0; row < rows; ++row) {
    if (input.mapped.head(row).op == RecordOp::remove || decisions[row].action == Action::supersede) continue;
    const Value key = input.mapped.row(row)[input.key_slot];
    if (key.present() && !claimed.try_emplace(key.view(), row).second) decisions[row] = {Action::collide};
  }
}

}  // namespace

std::vector<size_t> needs_current(Strategy strategy, const DecideInput& input) {
  std::vector<size_t> rows;
  if (strategy != Strategy::target_wins) return rows;
  for (size_t row = 0; row < input.mapped.size(); ++row)
    if (input.mapped.head(row).op == RecordOp::upsert && changed_since_agreement(input, row)) rows.push_back(row);
  return rows;
}

std::vector<Decision> decide(Strategy strategy, DeletePolicy deletes, const DecideInput& input) {
  std::vector<Decision> decisions(input.mapped.size());
  for (size_t row = 0; row < decisions.size(); ++row) {
    const std::optional<Link>& link = input.links[row];
    if (input.mapped.head(row).op == RecordOp::remove)
      decisions[row] = decide_removal(deletes, link);
    else if (!changed_since_agreement(input, row))
      decisions[row] = {Action::unchanged};
    else if (strategy == Strategy::target_wins)
      decisions[row] = decide_against_target(input, row);
    else
      decisions[row] = {Action::write, link.has_value()};
  }
  mark_duplicates(input, decisions);
  return decisions;
}

}  // namespace nexpo

#include "sync/decide.hpp"

#include <string_view>

#include "record/key_index.hpp"

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

/// A link that a crashed run left behind for a record it was about to create is no agreement yet.
bool agreed_before(const std::optional<Link>& link) { return link && !link->fingerprint.empty(); }

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
  if (link && ours(*link, found->second)) return {Action::write, agreed_before(link)};
  return {Action::yield};
}

/// Rows in strictly ascending order of their keys, as most sources give them, hold none twice.
template <class KeyOf>
bool ascending(size_t rows, KeyOf key_of) {
  for (size_t row = 1; row < rows; ++row)
    if (key_of(row - 1) >= key_of(row)) return false;
  return true;
}

void mark_superseded(const RecordBatch& mapped, std::vector<Decision>& decisions) {
  if (ascending(mapped.size(), [&](size_t row) { return mapped.head(row).key; })) return;
  KeyIndex newest(mapped.size());
  for (size_t row = 0; row < mapped.size(); ++row)
    if (const auto older = newest.put(mapped.head(row).key, row)) decisions[*older] = {Action::supersede};
}

bool fills_target(Action action) {
  return action == Action::write || action == Action::adopt || action == Action::yield;
}

void mark_held(const DecideInput& input, std::vector<Decision>& decisions) {
  if (!input.holders) return;
  for (size_t row = 0; row < decisions.size(); ++row)
    if ((*input.holders)[row] && fills_target(decisions[row].action)) decisions[row] = {Action::collide};
}

/// Marks the later of two records of the page that claim one target key.
void mark_collisions(const RecordBatch& mapped, size_t key_slot, std::vector<Decision>& decisions) {
  if (ascending(mapped.size(), [&](size_t row) { return mapped.row(row)[key_slot].view(); })) return;
  KeyIndex claimed(mapped.size());
  for (size_t row = 0; row < mapped.size(); ++row) {
    const Action action = decisions[row].action;
    if (mapped.head(row).op == RecordOp::remove || action == Action::supersede || action == Action::collide) continue;
    const Value key = mapped.row(row)[key_slot];
    if (key.present() && claimed.put(key.view(), row)) decisions[row] = {Action::collide};
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
      decisions[row] = {Action::write, agreed_before(link)};
  }
  mark_superseded(input.mapped, decisions);
  mark_held(input, decisions);
  mark_collisions(input.mapped, input.key_slot, decisions);
  return decisions;
}

}  // namespace nexpo

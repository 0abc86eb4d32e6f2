#include "sync/two_way/pair_effect.hpp"

#include <vector>

#include <fmt/format.h>

namespace nexpo {

std::optional<Fingerprint> effect_of(const Touched& one, const PairVerdict& verdict, const PairCells& cells,
                                     const PersonalData* personal) {
  const bool acts = verdict.writes_to(Side::source) || verdict.writes_to(Side::target) || verdict.removes;
  const bool waits = one.conflict && one.conflict->state == ConflictState::open;
  if (!acts && (waits || !verdict.holds())) return std::nullopt;
  // Each part with an end of its own: the values of one never pass for those of another.
  std::string deed{verdict.creates ? 'c' : '-', verdict.buries ? 'b' : '-', verdict.revives ? 'r' : '-',
                   verdict.removes ? name_of(*verdict.removes).front() : '-'};
  std::vector<Value> all(cells.source.begin(), cells.source.end());
  all.insert(all.end(), cells.target.begin(), cells.target.end());
  for (const FieldVerdict& field : verdict.fields) {
    deed += static_cast<char>('0' + static_cast<int>(field.take));
    all.push_back(field.take == Take::merged ? field.value : Value());
  }
  for (const FieldRestore& field : verdict.restores) {
    deed += 'u';
    all.insert(all.end(), {field.base, field.source, field.target});
  }
  for (const ConflictNote& note : verdict.notes)
    if (note.open) deed += note.kind;
  all.push_back(Value::text(deed));
  Fingerprint effect[] = {fingerprint_of(all)};
  if (personal) personal->shield(effect);
  return effect[0];
}

std::string planned_key(const PairPage& page, const Touched& one) {
  const std::string_view own = page.own.rows.head(one.row).key;
  if (page.side == Side::source) return fmt::format("s{}", own);
  return one.pair.source_key.empty() ? fmt::format("t{}", own) : fmt::format("s{}", one.pair.source_key);
}

}  // namespace nexpo

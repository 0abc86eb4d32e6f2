#include "sync/claims.hpp"

#include <utility>

namespace nexpo {

std::vector<Fingerprint> claims_of(const RecordBatch& mapped, size_t key_slot, const PersonalData* personal) {
  std::vector<Fingerprint> claims(mapped.size());
  for (size_t row = 0; row < mapped.size(); ++row) claims[row] = fingerprint_of(mapped.row(row).subspan(key_slot, 1));
  if (personal) personal->shield(claims);
  for (size_t row = 0; row < mapped.size(); ++row)
    if (mapped.head(row).op == RecordOp::remove || !mapped.row(row)[key_slot].present()) claims[row] = {};
  return claims;
}

Task<std::vector<std::optional<std::string>>> holders_of(StateStore& store, const std::string& sync_id,
                                                         const RecordBatch& mapped,
                                                         const std::vector<Fingerprint>& claims,
                                                         const std::vector<std::optional<Link>>& links) {
  std::vector<size_t> rows;
  std::vector<Fingerprint> asked;
  for (size_t row = 0; row < mapped.size(); ++row) {
    if (claims[row].empty() || (links[row] && links[row]->claim == claims[row])) continue;
    rows.push_back(row);
    asked.push_back(claims[row]);
  }
  std::vector<std::optional<std::string>> holders(mapped.size());
  if (asked.empty()) co_return holders;
  std::vector<std::optional<std::string>> found = co_await store.claimants(sync_id, std::move(asked));
  for (size_t i = 0; i < rows.size(); ++i)
    if (found[i] && *found[i] != mapped.head(rows[i]).key) holders[rows[i]] = std::move(found[i]);
  co_return holders;
}

}  // namespace nexpo

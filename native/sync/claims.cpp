#include "sync/claims.hpp"

#include <algorithm>
#include <utility>

namespace nexpo {
namespace {

/// Keys that follow each other give claims that do, because an index takes them in order at a tenth of the cost: a
/// short key is its own claim, with its length; a longer one gives its end, where numbers count up, and a digest.
Fingerprint in_order(const Value& key) {
  const std::string_view text = key.view();
  Fingerprint claim;
  if (text.size() < claim.bytes.size()) {
    std::copy(text.begin(), text.end(), claim.bytes.begin());
    claim.bytes.back() = static_cast<uint8_t>(text.size() + 1);
    return claim;
  }
  constexpr size_t kEnd = 8;
  claim = fingerprint_of({&key, 1});
  std::copy(text.end() - kEnd, text.end(), claim.bytes.begin());
  claim.bytes.back() = 0xFF;
  return claim;
}

}  // namespace

std::vector<Fingerprint> claims_of(const RecordBatch& mapped, size_t key_slot, const PersonalData* personal) {
  std::vector<Fingerprint> claims(mapped.size());
  const bool shielded = personal && personal->is_personal(key_slot);
  for (size_t row = 0; row < mapped.size(); ++row) {
    const Value& key = mapped.row(row)[key_slot];
    claims[row] = shielded ? fingerprint_of({&key, 1}) : in_order(key);
  }
  if (shielded) personal->shield(claims);
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

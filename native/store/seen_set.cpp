#include "store/seen_set.hpp"

#include <xxhash.h>

#include <algorithm>
#include <cstring>

#include "base/error.hpp"

namespace nexpo {
namespace {

uint64_t hash_of(std::string_view key, int64_t run_id, Side side) {
  const auto salt = static_cast<uint64_t>(run_id);
  return XXH3_64bits_withSeed(key.data(), key.size(), side == Side::source ? salt : ~salt);
}

}  // namespace

void SeenSet::pack(std::string& bytes, std::string_view key, int64_t run_id, Side side) {
  const uint64_t hash = hash_of(key, run_id, side);
  char packed[sizeof hash];
  std::memcpy(packed, &hash, sizeof hash);
  bytes.append(packed, sizeof packed);
}

void SeenSet::add(std::string_view bytes) {
  if (bytes.size() % sizeof(uint64_t) != 0)
    throw Error(ErrorKind::invalid, "the state store's marks of seen records are damaged; start the full run anew");
  const size_t before = hashes_.size();
  hashes_.resize(before + bytes.size() / sizeof(uint64_t));
  if (!bytes.empty()) std::memcpy(hashes_.data() + before, bytes.data(), bytes.size());
}

void SeenSet::seal() {
  std::sort(hashes_.begin(), hashes_.end());
  hashes_.erase(std::unique(hashes_.begin(), hashes_.end()), hashes_.end());
}

bool SeenSet::contains(std::string_view key, Side side) const {
  return std::binary_search(hashes_.begin(), hashes_.end(), hash_of(key, run_id_, side));
}

}  // namespace nexpo

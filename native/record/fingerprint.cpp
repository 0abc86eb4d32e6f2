#include "record/fingerprint.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "record/byte_block.hpp"

namespace nexpo {
namespace {

// One cell is hashed as its kind (1 byte), its size (4 bytes, little-endian) and its text. The size keeps neighbours
// apart: ("ab", "c") is not ("a", "bc").
constexpr size_t kHeadBytes = 5;
constexpr size_t kBufferBytes = 4096;

size_t write_head(char* place, const Value& cell) {
  const auto size = static_cast<uint32_t>(cell.view().size());
  place[0] = static_cast<char>(cell.kind());
  for (int byte = 0; byte < 4; ++byte) place[1 + byte] = static_cast<char>(size >> (8 * byte));
  return kHeadBytes;
}

XXH128_hash_t hash_small(std::span<const Value> cells) {
  char buffer[kBufferBytes];
  char* end = buffer;
  for (const Value& cell : cells) {
    end += write_head(end, cell);
    copy_bytes(end, cell.view().data(), cell.view().size());
    end += cell.view().size();
  }
  return XXH3_128bits(buffer, static_cast<size_t>(end - buffer));
}

// The same bytes in pieces, for rows that do not fit the buffer.
XXH128_hash_t hash_large(std::span<const Value> cells) {
  XXH3_state_t state;
  XXH3_128bits_reset(&state);
  for (const Value& cell : cells) {
    char head[kHeadBytes];
    XXH3_128bits_update(&state, head, write_head(head, cell));
    XXH3_128bits_update(&state, cell.view().data(), cell.view().size());
  }
  return XXH3_128bits_digest(&state);
}

}  // namespace

Fingerprint fingerprint_of(std::span<const Value> cells) {
  size_t bytes = cells.size() * kHeadBytes;
  for (const Value& cell : cells) bytes += cell.view().size();
  XXH128_canonical_t canonical;
  XXH128_canonicalFromHash(&canonical, bytes <= kBufferBytes ? hash_small(cells) : hash_large(cells));
  Fingerprint fingerprint;
  std::memcpy(fingerprint.bytes.data(), canonical.digest, fingerprint.bytes.size());
  return fingerprint;
}

}  // namespace nexpo

// Blocks of 16 bytes under a key, each by itself.
#pragma once

#include <cstdint>
#include <span>

#include "crypto/secret.hpp"

namespace nexpo {

/// AES-256 of each block, in place: equal blocks stay equal, and nobody without the key can tell what a block was or
/// try out what it might have been. For digests that are only compared, never for texts. `key` has 32 bytes, `blocks` a
/// multiple of 16. Throws Error{internal} otherwise.
void encrypt_blocks(const Secret& key, std::span<uint8_t> blocks);

}  // namespace nexpo

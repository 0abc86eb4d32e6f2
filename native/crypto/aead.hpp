// Aead: authenticated encryption with AES-256-GCM (NIST SP 800-38D).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "crypto/secret.hpp"

namespace nexpo {

constexpr size_t kAeadKeyBytes = 32;
constexpr size_t kAeadNonceBytes = 12;
constexpr size_t kAeadTagBytes = 16;

/// Gives: version (1 byte), random nonce (12), ciphertext (as long as `plain`), tag (16). `associated` is not stored,
/// but has to be the same when it is opened. With random nonces a key is good for 2^32 messages.
/// Throws Error{invalid} if the key is not 32 bytes.
std::string aead_seal(const Secret& key, std::string_view plain, std::string_view associated);

/// The plain text, or nothing if anything at all is not as it was sealed: key, bytes, associated data, version.
std::optional<Secret> aead_open(const Secret& key, std::string_view sealed, std::string_view associated);

/// The bare algorithm, for its test vectors: ciphertext and tag. Never use a nonce twice with one key.
std::string aes_256_gcm_encrypt(std::string_view key, std::string_view nonce, std::string_view plain,
                                std::string_view associated);

}  // namespace nexpo

// Digests: SHA-256 (FIPS 180-4) and HMAC-SHA-256 (RFC 2104), as bytes and as hexadecimal.
#pragma once

#include <string>
#include <string_view>

namespace nexpo {

/// 32 bytes.
std::string sha256(std::string_view bytes);
/// 32 bytes. Compare what came from outside with equal_in_constant_time (crypto/secret.hpp).
std::string hmac_sha256(std::string_view key, std::string_view bytes);

/// Lower case.
std::string hex_encode(std::string_view bytes);

}  // namespace nexpo

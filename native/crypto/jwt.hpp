// JWT: signed claims (RFC 7519) with RS256 (RFC 7518, 3.3), as OAuth's JWT bearer flow wants them.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "crypto/secret.hpp"

namespace nexpo {

constexpr int kRsaBitsMin = 2048;  // RFC 7518, 3.3

/// "header.claims.signature" with the header {"alg":"RS256","typ":"JWT"}. `private_key_pem` is an RSA key, PKCS#8
/// ("BEGIN PRIVATE KEY") or PKCS#1 ("BEGIN RSA PRIVATE KEY"), without a passphrase.
/// Throws Error{invalid} that says what is wrong with the key.
std::string sign_jwt(const nlohmann::json& claims, const Secret& private_key_pem);

}  // namespace nexpo

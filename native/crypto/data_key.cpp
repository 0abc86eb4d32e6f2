#include "crypto/data_key.hpp"

#include <openssl/rand.h>

#include "base/error.hpp"
#include "crypto/aead.hpp"
#include "crypto/base64.hpp"
#include "crypto/digest.hpp"

namespace nexpo {
namespace {

constexpr std::string_view kPrefix = "d1.";

/// Keeps a wrapped key from being taken for a secret of the same name.
std::string vault_name(const std::string& name) { return "data key of " + name; }

}  // namespace

DataKey DataKey::generate(std::string name) {
  std::string bytes(kAeadKeyBytes, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(bytes.size())) != 1)
    throw Error(ErrorKind::internal, "the random numbers of OpenSSL are not available");
  return {std::move(name), Secret(std::move(bytes))};
}

DataKey DataKey::unwrap(const Vault& vault, std::string_view wrapped, std::string name) {
  Secret bytes = vault.open(wrapped, vault_name(name));
  return {std::move(name), std::move(bytes)};
}

std::string DataKey::wrap(const Vault& vault) const { return vault.seal(bytes_.reveal(), vault_name(name_)); }

std::string DataKey::rewrap(const Vault& vault, std::string_view wrapped, const std::string& name) {
  return vault.rewrap(wrapped, vault_name(name));
}

Secret DataKey::derive(std::string_view use) const { return Secret(hmac_sha256(bytes_.reveal(), use)); }

std::string DataKey::seal(std::string_view plain) const {
  return std::string(kPrefix) + base64url_encode(aead_seal(bytes_, plain, name_));
}

std::optional<Secret> DataKey::open(std::string_view sealed) const {
  if (!is_sealed(sealed)) return {};
  const std::optional<std::string> bytes = base64url_decode(sealed.substr(kPrefix.size()));
  return bytes ? aead_open(bytes_, *bytes, name_) : std::nullopt;
}

bool DataKey::is_sealed(std::string_view text) { return text.starts_with(kPrefix); }

}  // namespace nexpo

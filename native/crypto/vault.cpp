#include "crypto/vault.hpp"

#include <algorithm>
#include <optional>

#include "base/error.hpp"
#include "crypto/aead.hpp"
#include "crypto/base64.hpp"
#include "crypto/digest.hpp"

namespace nexpo {
namespace {

constexpr std::string_view kPrefix = "v1.";
constexpr size_t kIdBytes = 6;

std::string id_of(const Secret& key) {
  return base64url_encode(hmac_sha256(key.reveal(), "vault key id").substr(0, kIdBytes));
}

struct Parts {
  std::string_view key_id;
  std::string_view text;
};

std::optional<Parts> split(std::string_view sealed) {
  if (!sealed.starts_with(kPrefix)) return {};
  sealed.remove_prefix(kPrefix.size());
  const size_t dot = sealed.find('.');
  if (dot == std::string_view::npos) return {};
  return Parts{sealed.substr(0, dot), sealed.substr(dot + 1)};
}

[[noreturn]] void refuse(std::string_view name, std::string_view why) {
  throw Error(ErrorKind::internal, "the stored secret \"" + std::string(name) + "\" " + std::string(why));
}

}  // namespace

Vault::Vault(std::vector<Secret> keys) {
  if (keys.empty()) throw Error(ErrorKind::invalid, "the vault needs at least one encryption key");
  for (Secret& key : keys) {
    if (key.reveal().size() != kAeadKeyBytes) throw Error(ErrorKind::invalid, "an encryption key must have 32 bytes");
    std::string id = id_of(key);
    const auto same = [&id](const Key& other) { return other.id == id; };
    if (std::any_of(keys_.begin(), keys_.end(), same))
      throw Error(ErrorKind::invalid, "the same encryption key is given twice");
    keys_.push_back(Key{std::move(id), std::move(key)});
  }
}

std::string Vault::seal(std::string_view plain, std::string_view name) const {
  const Key& newest = keys_.front();
  std::string sealed(kPrefix);
  sealed += newest.id;
  sealed += '.';
  return sealed + base64url_encode(aead_seal(newest.bytes, plain, name));
}

Secret Vault::open(std::string_view sealed, std::string_view name) const {
  const std::optional<Parts> parts = split(sealed);
  if (!parts) refuse(name, "is not in the form of this vault");
  const auto named = [&parts](const Key& key) { return key.id == parts->key_id; };
  const auto key = std::find_if(keys_.begin(), keys_.end(), named);
  if (key == keys_.end()) {
    throw Error(ErrorKind::invalid, "the stored secret \"" + std::string(name) +
                                        "\" was sealed with an encryption key " +
                                        "that is not configured; add the old key behind the new one");
  }
  const std::optional<std::string> bytes = base64url_decode(parts->text);
  if (!bytes) refuse(name, "is damaged");
  std::optional<Secret> plain = aead_open(key->bytes, *bytes, name);
  if (!plain) refuse(name, "is damaged or was sealed under another name");
  return std::move(*plain);
}

bool Vault::needs_rewrap(std::string_view sealed) const {
  const std::optional<Parts> parts = split(sealed);
  return !parts || parts->key_id != keys_.front().id;
}

std::string Vault::rewrap(std::string_view sealed, std::string_view name) const {
  return seal(open(sealed, name).reveal(), name);
}

}  // namespace nexpo

// DataKey: the key of one thing's contents. Destroying it makes all of them unreadable, wherever copies of them are.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "crypto/secret.hpp"
#include "crypto/vault.hpp"

namespace nexpo {

/// 32 random bytes, kept wrapped by the vault's key. Contents are sealed with AES-256-GCM, bound to the key's name.
/// May be used by several threads at once.
class DataKey {
 public:
  static DataKey generate(std::string name);
  /// Throws as Vault::open.
  static DataKey unwrap(const Vault& vault, std::string_view wrapped, std::string name);
  std::string wrap(const Vault& vault) const;
  /// The same key under the vault's newest key. Throws as Vault::open.
  static std::string rewrap(const Vault& vault, std::string_view wrapped, const std::string& name);

  const std::string& name() const { return name_; }
  /// 32 bytes for another use than sealing, told apart by `use`; gone with this key.
  Secret derive(std::string_view use) const;
  /// Text: "d1.<base64url>".
  std::string seal(std::string_view plain) const;
  /// Nothing if it was sealed with another key (one that was erased, for example), or is damaged.
  std::optional<Secret> open(std::string_view sealed) const;
  /// True if the text looks like what seal() gives.
  static bool is_sealed(std::string_view text);

 private:
  DataKey(std::string name, Secret bytes) : name_(std::move(name)), bytes_(std::move(bytes)) {}

  std::string name_;
  Secret bytes_;
};

}  // namespace nexpo

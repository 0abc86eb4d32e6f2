// Vault: credentials at rest, under several keys so that keys can be rotated.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "crypto/secret.hpp"

namespace nexpo {

/// Seals with the newest key and opens with any. To rotate: put a new key in front, reseal what needs_rewrap(), then
/// drop the old key. A sealed value is text ("v1.<key id>.<base64url>"); the key id tells keys apart, not what they
/// are.
class Vault {
 public:
  /// Keys of 32 bytes, newest first. Throws Error{invalid} if there is none, one is of another length, or twice there.
  explicit Vault(std::vector<Secret> keys);

  /// `name` says what the value is for ("integrations/7/refresh_token"); it opens under this name only.
  std::string seal(std::string_view plain, std::string_view name) const;

  /// Throws Error{invalid} if the value was sealed with a key that is not here, and Error{internal} if it is damaged
  /// or belongs to another name.
  Secret open(std::string_view sealed, std::string_view name) const;

  /// True if it is sealed with a key other than the newest.
  bool needs_rewrap(std::string_view sealed) const;
  /// The same value under the newest key.
  std::string rewrap(std::string_view sealed, std::string_view name) const;

 private:
  struct Key {
    std::string id;
    Secret bytes;
  };
  std::vector<Key> keys_;
};

}  // namespace nexpo

// Secret: a text that cannot be printed, compared in plain time or copied by accident, and wipes itself.
#pragma once

#include <openssl/crypto.h>

#include <iosfwd>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nexpo {

/// True if both are the same. The time it takes tells nothing but their lengths.
inline bool equal_in_constant_time(std::string_view left, std::string_view right) {
  return left.size() == right.size() && CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
}

class Secret {
 public:
  Secret() = default;
  /// Wipes the text it is given. (Copies that were made on the way here are not its own.)
  explicit Secret(std::string text) : bytes_(text.begin(), text.end()) { OPENSSL_cleanse(text.data(), text.size()); }
  Secret(Secret&& other) noexcept : bytes_(std::move(other.bytes_)) {}
  Secret& operator=(Secret&& other) noexcept {
    bytes_.swap(other.bytes_);
    return *this;
  }
  ~Secret() { OPENSSL_cleanse(bytes_.data(), bytes_.size()); }

  bool empty() const { return bytes_.empty(); }
  /// The text, for the one place that sends or uses it. Never for a log or a message.
  std::string_view reveal() const { return {bytes_.data(), bytes_.size()}; }
  /// A copy that is asked for by name.
  Secret clone() const { return Secret(std::string(reveal())); }
  bool same_as(std::string_view other) const { return equal_in_constant_time(reveal(), other); }

 private:
  std::vector<char> bytes_;  // not a string: moving a short string leaves a copy behind
};

std::ostream& operator<<(std::ostream&, const Secret&) = delete;

}  // namespace nexpo

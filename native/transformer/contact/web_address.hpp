// WebAddress: the canonical spelling of a URL, by RFC 3986, 6.2.2 and 6.2.3.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace nexpo {

struct WebAddressRule {
  std::vector<std::string> schemes = {"http", "https"};  ///< that are taken, in lower case
  std::string default_scheme;  ///< put in front of a text that has none; "": such a text fails
  bool keeps_fragment = true;
};

/// Writes `text` to `out`: scheme and host in lower case, no default port, no dot segments, an empty path as "/",
/// unreserved characters bare and all others that a URL cannot hold as %XX in upper case. Two texts that mean the same
/// by these rules give one; nothing that changes what the address means is touched. Gives what is wrong, or "".
std::string_view canonical_web_address(std::string_view text, const WebAddressRule& rule, std::string& out);

}  // namespace nexpo

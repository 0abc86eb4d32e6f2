// HostName: names of hosts as the DNS takes them.
#pragma once

#include <string>
#include <string_view>

namespace nexpo {

/// Appends `name` to `out` in lower case and without a dot at the end. Gives what is wrong, or "": labels have 1 to 63
/// letters, digits and hyphens, no hyphen at an edge, and the whole at most 253. Names beyond ASCII have to come in
/// their ASCII form (xn--...).
std::string_view append_host_name(std::string_view name, std::string& out);

}  // namespace nexpo

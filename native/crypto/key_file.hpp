// The key of an embedded state, in a file beside it.
#pragma once

#include <filesystem>

#include "crypto/secret.hpp"

namespace nexpo {

/// The key in `<home>/encryption.key` (32 bytes as base64, mode 0600), made at the first call. Of two processes that
/// start at once, one makes it and both use it. Throws Error{unavailable} that names the file if it can be neither
/// read nor made.
Secret load_or_make_key(const std::filesystem::path& home);

}  // namespace nexpo

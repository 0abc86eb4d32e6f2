#include "crypto/key_file.hpp"

#include <fcntl.h>
#include <openssl/rand.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <optional>

#include "base/error.hpp"
#include "crypto/aead.hpp"
#include "crypto/base64.hpp"

namespace nexpo {
namespace {

[[noreturn]] void refuse(const std::filesystem::path& path, const std::string& why) {
  throw Error(ErrorKind::unavailable, path.string() + ": " + why).with_field("ENCRYPTION_KEY");
}

std::string random_key(const std::filesystem::path& path) {
  std::string key(kAeadKeyBytes, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(key.data()), static_cast<int>(key.size())) != 1)
    refuse(path, "the system gives no random bytes");
  return key;
}

/// Writes a new key under another name first, so that a half written key is never seen under the real one.
void make_key(const std::filesystem::path& path) {
  const std::filesystem::path draft = path.string() + "." + std::to_string(::getpid());
  const int file = ::open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) refuse(path, std::strerror(errno));
  const std::string text = base64_encode(random_key(path)) + "\n";
  const auto size = static_cast<ssize_t>(text.size());
  const bool written = ::write(file, text.data(), text.size()) == size && ::fsync(file) == 0;
  const int error = errno;
  ::close(file);
  // link() does not replace: whoever comes second keeps the first one's key.
  const bool placed = written && (::link(draft.c_str(), path.c_str()) == 0 || errno == EEXIST);
  ::unlink(draft.c_str());
  if (!placed) refuse(path, std::strerror(written ? errno : error));
}

}  // namespace

Secret load_or_make_key(const std::filesystem::path& home) {
  const std::filesystem::path path = home / "encryption.key";
  std::error_code ignored;
  std::filesystem::create_directories(home, ignored);
  if (!std::filesystem::exists(path, ignored)) make_key(path);
  std::ifstream in(path);
  std::string text;
  in >> text;
  std::optional<std::string> key = base64_decode(text);
  if (!key || key->size() != kAeadKeyBytes) refuse(path, "is not a key of 32 bytes in base64");
  return Secret(std::move(*key));
}

}  // namespace nexpo

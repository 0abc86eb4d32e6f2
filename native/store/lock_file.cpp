#include "store/lock_file.hpp"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>
#include <xxhash.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <utility>

#include "base/error.hpp"

namespace nexpo {
namespace {

constexpr size_t kHolderBytesMax = 256;
constexpr size_t kFileNameMax = 200;  // file systems allow 255 bytes; the rest is for ".lock"

std::string read_holder(int file) {
  std::array<char, kHolderBytesMax> text{};
  const ssize_t size = pread(file, text.data(), text.size(), 0);
  return size > 0 ? std::string(text.data(), static_cast<size_t>(size)) : "another process";
}

}  // namespace

LockFile::LockFile(const std::filesystem::path& file, std::string_view what) {
  file_ = open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file_ < 0)
    throw Error(ErrorKind::invalid,
                fmt::format("{}: the lock file cannot be opened ({})", file.string(), std::strerror(errno)));
  if (flock(file_, LOCK_EX | LOCK_NB) != 0) {
    const bool held = errno == EWOULDBLOCK;
    const std::string reason = held ? read_holder(file_) : std::strerror(errno);
    close(std::exchange(file_, -1));
    if (!held) throw Error(ErrorKind::unavailable, fmt::format("{}: cannot be locked ({})", file.string(), reason));
    throw Error(ErrorKind::conflict,
                fmt::format("{} is being run by {}; wait for it to end, or stop it", what, reason));
  }
  // Only an introduction: the lock itself does not depend on it, so a full disk does not matter.
  const std::string holder = holder_introduction();
  if (ftruncate(file_, 0) == 0) (void)!pwrite(file_, holder.data(), holder.size(), 0);
}

LockFile::~LockFile() {
  if (file_ >= 0) close(file_);
}

LockFile::LockFile(LockFile&& other) noexcept : file_(std::exchange(other.file_, -1)) {}

std::string holder_introduction() {
  std::array<char, 128> host{};
  if (gethostname(host.data(), host.size() - 1) != 0) std::strcpy(host.data(), "an unnamed host");
  return fmt::format("process {} on {}, since {:%Y-%m-%dT%H:%M:%SZ}", getpid(), host.data(),
                     fmt::gmtime(time(nullptr)));
}

std::string file_name_for(std::string_view name) {
  std::string out;
  for (const char c : name) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                       c == '_' || (c == '.' && !out.empty());
    if (plain) {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  if (out.size() <= kFileNameMax) return out;
  return fmt::format("{}~{:016x}", out.substr(0, kFileNameMax - 17), XXH3_64bits(name.data(), name.size()));
}

}  // namespace nexpo

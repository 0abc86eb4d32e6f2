// LockFile: says that a process is alive and at work on something.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace nexpo {

/// An advisory lock on a file, held while the object lives. The system lets go of it when the process ends, however
/// it ends. Two objects exclude each other within one process too.
class LockFile {
 public:
  /// Takes the lock or throws Error{conflict} with what the holder wrote about itself. `what` names the thing.
  LockFile(const std::filesystem::path& file, std::string_view what);
  ~LockFile();
  LockFile(LockFile&& other) noexcept;
  LockFile& operator=(LockFile&&) = delete;

 private:
  int file_ = -1;
};

/// "process 4711 on host, since 2026-01-01T10:00:00Z": how a holder introduces itself.
std::string holder_introduction();

/// `name` as a file name: everything but letters, digits, '-', '_' and '.' becomes %XX; long names are cut and hashed.
std::string file_name_for(std::string_view name);

}  // namespace nexpo

// Arena: the memory of one page. Everything a page points at dies together.
#pragma once

#include <cstddef>
#include <cstring>
#include <deque>
#include <memory>
#include <memory_resource>
#include <string>
#include <string_view>

namespace nexpo {

/// Grows by chunks, frees all at once. One thread at a time.
class Arena {
 public:
  /// Keeps `text` alive and gives a view of it. Its spare capacity stays readable (JSON parsers want padding).
  std::string_view adopt(std::string text) { return adopted_.emplace_back(std::move(text)); }
  std::string_view copy(std::string_view text) {
    if (text.empty()) return {"", 0};
    char* place = allocate(text.size());
    std::memcpy(place, text.data(), text.size());
    return {place, text.size()};
  }
  /// Uninitialised bytes without alignment, for text.
  char* allocate(size_t size) { return static_cast<char*>(memory_.allocate(size, 1)); }
  /// Keeps another arena alive as long as this one, when values are passed on without a copy.
  void keep(std::shared_ptr<const Arena> other) { kept_.push_back(std::move(other)); }

 private:
  static constexpr size_t kChunkBytes = 64 * 1024;
  std::pmr::monotonic_buffer_resource memory_{kChunkBytes};
  std::deque<std::string> adopted_;
  std::deque<std::shared_ptr<const Arena>> kept_;
};

}  // namespace nexpo

// Heap: the memory of one evaluation.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

namespace nexpo::cel {

/// Hands out memory until it is reset, and then hands out the same again: from the second evaluation on, nothing is
/// allocated as long as the first chunk suffices. Gives null at its limit. One thread at a time.
class Heap {
 public:
  explicit Heap(size_t bytes_max) : bytes_max_(bytes_max) {}

  /// Aligned for any Datum.
  void* allocate(size_t bytes) {
    constexpr size_t kAlign = 16;
    bytes = bytes == 0 ? kAlign : (bytes + kAlign - 1) & ~(kAlign - 1);
    if (bytes > room_) return grow(bytes);
    void* const place = at_;
    at_ += bytes;
    room_ -= bytes;
    return place;
  }
  /// `count` objects, all zero. Null at the limit.
  template <class T>
  T* make(size_t count) {
    static_assert(std::is_trivially_copyable_v<T>);
    if (count > bytes_max_ / sizeof(T)) return nullptr;
    void* const place = allocate(count * sizeof(T));
    return place ? new (place) T[count]() : nullptr;
  }
  char* text(size_t bytes) { return bytes > bytes_max_ ? nullptr : static_cast<char*>(allocate(bytes)); }
  void set_limit(size_t bytes_max) { bytes_max_ = bytes_max; }

  void reset() {
    if (chunks_.size() > 1) chunks_.resize(1);
    if (chunks_.empty()) return;
    used_ = chunks_[0].size;
    at_ = chunks_[0].bytes.get();
    room_ = chunks_[0].size;
  }

 private:
  struct Chunk {
    std::unique_ptr<char[]> bytes;
    size_t size = 0;
  };
  static constexpr size_t kChunkBytes = 32 * 1024;

  void* grow(size_t bytes) {
    const size_t size = bytes > kChunkBytes ? bytes : kChunkBytes;
    if (used_ + size > bytes_max_ + kChunkBytes) return nullptr;
    used_ += size;
    chunks_.push_back({std::make_unique<char[]>(size), size});
    at_ = chunks_.back().bytes.get() + bytes;
    room_ = size - bytes;
    return chunks_.back().bytes.get();
  }

  size_t bytes_max_;
  size_t used_ = 0, room_ = 0;
  char* at_ = nullptr;
  std::vector<Chunk> chunks_;
};

}  // namespace nexpo::cel

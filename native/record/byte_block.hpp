// ByteBlock: sixteen bytes looked at in one step.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace nexpo {

static_assert(std::endian::native == std::endian::little, "first() takes the lowest byte of a word as the first one");

/// Written in the compiler's vector types, so that it becomes SSE2 or NEON. Results of comparisons are blocks too.
class ByteBlock {
 public:
  static constexpr size_t kBytes = 16;

  /// Reads 16 bytes.
  static ByteBlock load(const char* text) {
    ByteBlock block;
    std::memcpy(&block.bytes_, text, kBytes);
    return block;
  }
  /// Reads `size` bytes, at most 16; some are seen twice if there are fewer, and the order is lost.
  static ByteBlock load_some(const char* text, size_t size) {
    if (size >= 8) return of_words(word<uint64_t>(text), word<uint64_t>(text + size - 8));
    if (size >= 4) return of_words(word<uint32_t>(text) | uint64_t{word<uint32_t>(text + size - 4)} << 32, kSpaces);
    uint64_t bytes = kSpaces;
    for (size_t i = 0; i < size; ++i) bytes = bytes << 8 | static_cast<unsigned char>(text[i]);
    return of_words(bytes, kSpaces);
  }
  void store(char* place) const { std::memcpy(place, &bytes_, kBytes); }

  ByteBlock equal(char c) const { return of(bytes_ == static_cast<signed char>(c)); }
  /// Control characters of ASCII: bytes below 0x20.
  ByteBlock control() const { return of((bytes_ & static_cast<signed char>(0xE0)) == 0); }
  /// Bytes of characters beyond ASCII: 0x80 and more.
  ByteBlock high() const { return of(bytes_ < 0); }
  ByteBlock operator|(ByteBlock other) const { return of(bytes_ | other.bytes_); }
  ByteBlock& operator|=(ByteBlock other) { return *this = *this | other; }

  /// For the result of a comparison: one bit per byte, the first byte in the lowest bit.
  uint32_t mask() const {
#ifdef __SSE2__
    return static_cast<uint32_t>(_mm_movemask_epi8(std::bit_cast<__m128i>(bytes_)));
#else
    const Words hits = std::bit_cast<Words>(bytes_);
    const auto gather = [](uint64_t word) {
      return static_cast<uint32_t>((word & 0x0101010101010101) * 0x0102040810204080 >> 56);
    };
    return gather(hits.low) | gather(hits.high) << 8;
#endif
  }
  bool any() const { return mask() != 0; }
  /// Place of the first hit, 16 if there is none.
  size_t first() const { return static_cast<size_t>(std::countr_zero(mask() | 1u << kBytes)); }

 private:
  using Bytes [[gnu::vector_size(16)]] = signed char;
  struct Words {
    uint64_t low, high;
  };
  static constexpr uint64_t kSpaces = 0x2020202020202020;

  template <class Word>
  static Word word(const char* text) {
    Word word{};
    std::memcpy(&word, text, sizeof word);
    return word;
  }
  static ByteBlock of(Bytes bytes) {
    ByteBlock block;
    block.bytes_ = bytes;
    return block;
  }
  static ByteBlock of_words(uint64_t low, uint64_t high) { return of(std::bit_cast<Bytes>(Words{low, high})); }

  Bytes bytes_{};
};

/// The first and the last bytes of a text of one to two words.
template <class Word>
void copy_ends(char* to, const char* from, size_t size) {
  Word first{}, last{};
  std::memcpy(&first, from, sizeof(Word));
  std::memcpy(&last, from + size - sizeof(Word), sizeof(Word));
  std::memcpy(to, &first, sizeof(Word));
  std::memcpy(to + size - sizeof(Word), &last, sizeof(Word));
}

/// Copies without a call: most texts are short. The places must not overlap.
inline void copy_bytes(char* to, const char* from, size_t size) {
  if (size >= ByteBlock::kBytes) {
    for (size_t at = 0; at + ByteBlock::kBytes < size; at += ByteBlock::kBytes) {
      ByteBlock::load(from + at).store(to + at);
    }
    ByteBlock::load(from + size - ByteBlock::kBytes).store(to + size - ByteBlock::kBytes);
  } else if (size >= sizeof(uint64_t)) {
    copy_ends<uint64_t>(to, from, size);
  } else if (size >= sizeof(uint32_t)) {
    copy_ends<uint32_t>(to, from, size);
  } else {
    for (size_t at = 0; at < size; ++at) to[at] = from[at];
  }
}

}  // namespace nexpo

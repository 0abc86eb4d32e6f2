#include "crypto/block_cipher.hpp"

#include <gtest/gtest.h>

#include <numeric>
#include <vector>

#include "base/error.hpp"
#include "crypto/digest.hpp"

namespace nexpo {
namespace {

/// 0, 1, 2, ... as many bytes as wanted.
std::string counting(size_t bytes) {
  std::string text(bytes, '\0');
  std::iota(text.begin(), text.end(), '\0');
  return text;
}

TEST(BlockCipher, GivesTheAnswerOfTheStandard) {
  // FIPS 197, appendix C.3: AES-256.
  std::vector<uint8_t> block;
  for (int i = 0; i < 16; ++i) block.push_back(static_cast<uint8_t>(i * 0x11));
  encrypt_blocks(Secret(counting(32)), block);
  EXPECT_EQ(hex_encode({reinterpret_cast<const char*>(block.data()), block.size()}),
            "8ea2b7ca516745bfeafc49904b496089");
}

TEST(BlockCipher, EachBlockStandsForItself) {
  std::vector<uint8_t> blocks(48, 7);
  blocks[16] = 8;
  encrypt_blocks(Secret(counting(32)), blocks);
  const auto block = [&](size_t i) {
    return std::vector<uint8_t>(blocks.begin() + i * 16, blocks.begin() + i * 16 + 16);
  };
  EXPECT_EQ(block(0), block(2));
  EXPECT_NE(block(0), block(1));
}

TEST(BlockCipher, RefusesOtherLengths) {
  std::vector<uint8_t> blocks(16);
  EXPECT_THROW(encrypt_blocks(Secret(counting(16)), blocks), Error);
  blocks.resize(17);
  EXPECT_THROW(encrypt_blocks(Secret(counting(32)), blocks), Error);
}

}  // namespace
}  // namespace nexpo

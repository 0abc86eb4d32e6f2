#include "crypto/aead.hpp"

#include <gtest/gtest.h>

#include <set>

#include "base/error.hpp"
#include "crypto/bytes.hpp"
#include "crypto/digest.hpp"

namespace nexpo {
namespace {

struct Vector {
  const char *key, *nonce, *plain, *associated, *cipher, *tag;
};

// Test cases 13 to 16 of the GCM specification by McGrew and Viega, which NIST SP 800-38D refers to.
constexpr Vector kVectors[] = {
    {"0000000000000000000000000000000000000000000000000000000000000000", "000000000000000000000000", "", "", "",
     "530f8afbc74536b9a963b4f1c4cb738b"},
    {"0000000000000000000000000000000000000000000000000000000000000000", "000000000000000000000000",
     "00000000000000000000000000000000", "", "cea7403d4d606b6e074ec5d3baf39d18", "d0d1c8a799996bf0265b98b5d48ab919"},
    {"feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308", "cafebabefacedbaddecaf888",
     "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
     "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255",
     "",
     "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
     "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015ad",
     "b094dac5d93471bdec1a502270e3cc6c"},
    {"feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308", "cafebabefacedbaddecaf888",
     "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
     "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
     "feedfacedeadbeeffeedfacedeadbeefabaddad2",
     "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
     "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662",
     "76fc6ece0f4e1768cddf8853bb2d551b"},
};

TEST(Aead, MatchesThePublishedTestCasesOfAes256Gcm) {
  for (const Vector& v : kVectors) {
    const std::string out = aes_256_gcm_encrypt(unhex(v.key), unhex(v.nonce), unhex(v.plain), unhex(v.associated));
    EXPECT_EQ(hex_encode(out), std::string(v.cipher) + v.tag);
  }
}

Secret key_of(char byte) { return Secret(std::string(kAeadKeyBytes, byte)); }

TEST(Aead, OpensWhatItSealed) {
  const Secret key = key_of('k');
  for (const std::string& plain : {std::string(), std::string("x"), std::string(100'000, '\0')}) {
    const std::string sealed = aead_seal(key, plain, "name");
    EXPECT_EQ(sealed.size(), plain.size() + 1 + kAeadNonceBytes + kAeadTagBytes);
    const auto opened = aead_open(key, sealed, "name");
    ASSERT_TRUE(opened);
    EXPECT_EQ(opened->reveal(), plain);
  }
}

TEST(Aead, StillOpensWhatItsFirstVersionSealed) {
  const std::string sealed = unhex("0107539e7476bbcde1e0e622cb5c535cd1d845251dcde24957dce8539df104e736abe1fa9631");
  const auto opened = aead_open(key_of('k'), sealed, "name");
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->reveal(), "some text");
}

TEST(Aead, OpensNothingThatWasTouched) {
  const Secret key = key_of('k');
  const std::string sealed = aead_seal(key, "some text", "name");
  for (size_t bit = 0; bit < sealed.size() * 8; ++bit) {
    std::string touched = sealed;
    touched[bit / 8] = static_cast<char>(touched[bit / 8] ^ (1 << bit % 8));
    EXPECT_FALSE(aead_open(key, touched, "name")) << "bit " << bit;
  }
  for (size_t length = 0; length < sealed.size(); ++length)
    EXPECT_FALSE(aead_open(key, std::string_view(sealed).substr(0, length), "name")) << length;
  EXPECT_FALSE(aead_open(key, sealed + "x", "name"));
  EXPECT_FALSE(aead_open(key, sealed, "other name"));
  EXPECT_FALSE(aead_open(key_of('j'), sealed, "name"));
}

TEST(Aead, NeverUsesANonceTwice) {
  const Secret key = key_of('k');
  std::set<std::string> nonces;
  for (int i = 0; i < 1000; ++i) nonces.insert(aead_seal(key, "same", "same").substr(1, kAeadNonceBytes));
  EXPECT_EQ(nonces.size(), 1000U);
}

TEST(Aead, RefusesAKeyOfAnotherLength) {
  const Secret shorter(std::string(16, 'k'));
  EXPECT_THROW(aead_seal(shorter, "x", ""), Error);
}

}  // namespace
}  // namespace nexpo

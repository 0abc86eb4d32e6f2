#include "crypto/base64.hpp"

#include <gtest/gtest.h>

namespace nexpo {
namespace {

TEST(Base64, MatchesTheTestVectorsOfRfc4648) {
  const std::pair<const char*, const char*> rows[] = {{"", ""},
                                                      {"f", "Zg=="},
                                                      {"fo", "Zm8="},
                                                      {"foo", "Zm9v"},
                                                      {"foob", "Zm9vYg=="},
                                                      {"fooba", "Zm9vYmE="},
                                                      {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : rows) {
    EXPECT_EQ(base64_encode(bytes), text);
    EXPECT_EQ(base64_decode(text), bytes);
  }
}

TEST(Base64, CarriesAllBytesBothWays) {
  std::string bytes;
  for (int i = 0; i < 1000; ++i) {
    bytes += static_cast<char>(i * 7);
    EXPECT_EQ(base64_decode(base64_encode(bytes)), bytes);
    EXPECT_EQ(base64url_decode(base64url_encode(bytes)), bytes);
  }
}

TEST(Base64, TakesOneSpellingOnly) {
  for (const char* text :
       {"Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Z===", "====", "Zm9v\n", " Zm9v", "Zm-_", "Zg==Zg==", "Zm9v!bbb"})
    EXPECT_EQ(base64_decode(text), std::nullopt) << text;
}

TEST(Base64, HasAUrlSafeFormWithoutPadding) {
  EXPECT_EQ(base64url_encode("\xfb\xff\xfe\xff"), "-__-_w");
  EXPECT_EQ(base64url_decode("-__-_w"), "\xfb\xff\xfe\xff");
  for (const char* text : {"+//+/w", "-__-_w==", "Z", "Zm9v="}) EXPECT_EQ(base64url_decode(text), std::nullopt) << text;
}

}  // namespace
}  // namespace nexpo

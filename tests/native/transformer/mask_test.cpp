#include <gmock/gmock.h>

#include "transformer/mapped.hpp"

namespace nexpo {
namespace {

using testing::HasSubstr;

TEST(MaskFunction, KeepsAsManyCharactersAsItIsToldAtEachEnd) {
  const struct {
    const char *options, *value, *result;
  } rows[] = {
      {"true", R"("4111111111111111")", R"("****************")"},
      {R"({"last":4})", R"("4111111111111234")", R"("************1234")"},
      {R"({"first":1,"last":2})", R"("Ada Lovelace")", R"("A*********ce")"},
      {R"({"first":2,"with":"•"})", R"("a😀éb")", R"("a😀••")"},
      {R"({"last":2})", "12345", R"("***45")"},
      {R"({"last":2})", "true", R"("**ue")"},
      {R"({"first":1})", R"("")", R"("")"},
  };
  for (const auto& row : rows)
    EXPECT_EQ(format(std::string(R"({"mask":)") + row.options + "}", row.value), row.result) << row.options;
}

TEST(MaskFunction, HidesATextWholeThatItWouldShowWhole) {
  EXPECT_EQ(format(R"({"mask":{"first":1,"last":2}})", R"("abc")"), R"("***")");
  EXPECT_EQ(format(R"({"mask":{"first":1,"last":2}})", R"("ab")"), R"("**")");
  EXPECT_EQ(format(R"({"mask":{"first":1,"last":2}})", R"("abcd")"), R"("a*cd")");
}

TEST(MaskFunction, RefusesOptionsThatMakeNoSense) {
  EXPECT_THAT(step_fault(R"({"mask":{"with":"xx"}})"), HasSubstr("one character"));
  EXPECT_THAT(step_fault(R"({"mask":{"with":""}})"), HasSubstr("one character"));
  EXPECT_THAT(step_fault(R"({"mask":{"first":-1}})"), HasSubstr("does not fit"));
  EXPECT_THAT(step_fault(R"({"mask":{"keep":1}})"), HasSubstr("unknown"));
}

// The digests are those of coreutils' sha256sum and OpenSSL's command line.
TEST(HashFunction, GivesSha256InHexadecimal) {
  EXPECT_EQ(format(R"({"hash":true})", R"("abc")"),
            R"("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")");
  EXPECT_EQ(format(R"({"hash":true})", R"("")"),
            R"("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")");
  EXPECT_EQ(format(R"({"hash":true})", "42"), R"("73475cb40a568e8da8a045ced110137e159f890ac4da883b6b17dc651b3a8049")");
}

TEST(HashFunction, WithASaltIsHmacSha256) {
  EXPECT_EQ(format(R"({"hash":{"salt":"key"}})", R"("The quick brown fox jumps over the lazy dog")"),
            R"("f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8")");
  EXPECT_THAT(step_fault(R"({"hash":{"salt":""}})"), HasSubstr("not empty"));
  EXPECT_THAT(step_fault(R"({"hash":{"salt":5}})"), HasSubstr("must be a text"));
}

}  // namespace
}  // namespace nexpo

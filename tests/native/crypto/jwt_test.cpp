#include "crypto/jwt.hpp"

#include <gtest/gtest.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <memory>

#include "base/error.hpp"
#include "crypto/base64.hpp"

namespace nexpo {
namespace {

using Key = std::shared_ptr<EVP_PKEY>;

Key rsa_key(unsigned bits) { return Key(EVP_RSA_gen(bits), EVP_PKEY_free); }

std::string text_of(BIO* bio) {
  char* bytes = nullptr;
  const long length = BIO_get_mem_data(bio, &bytes);
  std::string text(bytes, static_cast<size_t>(length));
  BIO_free(bio);
  return text;
}

Secret pem_of(const Key& key, const char* passphrase = nullptr) {
  BIO* bio = BIO_new(BIO_s_mem());
  PEM_write_bio_PrivateKey(bio, key.get(), passphrase != nullptr ? EVP_aes_256_cbc() : nullptr, nullptr, 0, nullptr,
                           const_cast<char*>(passphrase));
  return Secret(text_of(bio));
}

Secret pkcs1_pem_of(const Key& key) {
  BIO* bio = BIO_new(BIO_s_mem());
  PEM_write_bio_PrivateKey_traditional(bio, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  return Secret(text_of(bio));
}

bool verifies(const Key& key, const std::string& token) {
  const size_t dot = token.rfind('.');
  const std::string signature = base64url_decode(std::string_view(token).substr(dot + 1)).value_or("");
  const std::shared_ptr<EVP_MD_CTX> digest(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  EVP_DigestVerifyInit(digest.get(), nullptr, EVP_sha256(), nullptr, key.get());
  return EVP_DigestVerify(digest.get(), reinterpret_cast<const unsigned char*>(signature.data()), signature.size(),
                          reinterpret_cast<const unsigned char*>(token.data()), dot) == 1;
}

TEST(Jwt, CarriesItsClaimsAndASignatureThatVerifies) {
  const Key key = rsa_key(2048);
  const nlohmann::json claims{{"iss", "client"}, {"sub", "ada@example.test"}, {"exp", 1'300'819'380}};
  const std::string token = sign_jwt(claims, pem_of(key));
  const size_t first = token.find('.'), second = token.rfind('.');
  EXPECT_EQ(base64url_decode(token.substr(0, first)), R"({"alg":"RS256","typ":"JWT"})");
  EXPECT_EQ(nlohmann::json::parse(base64url_decode(token.substr(first + 1, second - first - 1)).value_or("")), claims);
  EXPECT_TRUE(verifies(key, token));
  EXPECT_FALSE(verifies(rsa_key(2048), token));
  std::string forged = token;
  forged[first + 5] = forged[first + 5] == 'a' ? 'b' : 'a';
  EXPECT_FALSE(verifies(key, forged));
}

TEST(Jwt, TakesBothPemForms) {
  const Key key = rsa_key(2048);
  const Secret pkcs1 = pkcs1_pem_of(key);
  ASSERT_NE(pkcs1.reveal().find("BEGIN RSA PRIVATE KEY"), std::string_view::npos);
  EXPECT_EQ(sign_jwt({{"a", 1}}, pkcs1), sign_jwt({{"a", 1}}, pem_of(key)));
}

void expect_refused(const Secret& pem, std::string_view reason) {
  try {
    sign_jwt({{"a", 1}}, pem);
    FAIL() << "signed with " << reason;
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::invalid);
    EXPECT_NE(error.message().find(reason), std::string::npos) << error.message();
    EXPECT_EQ(error.message().find("BEGIN"), std::string::npos) << "no part of a key may show";
  }
}

TEST(Jwt, SaysWhatIsWrongWithAKey) {
  expect_refused(Secret(), "could not be read");
  expect_refused(Secret(std::string("-----BEGIN PRIVATE KEY-----\nnot base64\n-----END PRIVATE KEY-----\n")),
                 "could not be read");
  expect_refused(pem_of(rsa_key(2048), "a passphrase"), "without a passphrase");
  expect_refused(pem_of(rsa_key(1024)), "2048 bits");
  expect_refused(pem_of(Key(EVP_EC_gen("P-256"), EVP_PKEY_free)), "must be an RSA key");
}

}  // namespace
}  // namespace nexpo

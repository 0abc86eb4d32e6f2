#include "crypto/jwt.hpp"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <memory>

#include "base/error.hpp"
#include "crypto/base64.hpp"

namespace nexpo {
namespace {

template <auto Free>
struct FreeWith {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};
using Bio = std::unique_ptr<BIO, FreeWith<BIO_free>>;
using Key = std::unique_ptr<EVP_PKEY, FreeWith<EVP_PKEY_free>>;
using Digest = std::unique_ptr<EVP_MD_CTX, FreeWith<EVP_MD_CTX_free>>;

/// OpenSSL would ask for a passphrase on the terminal.
int no_passphrase(char*, int, int, void*) { return -1; }

Key read_key(const Secret& pem) {
  const std::string_view text = pem.reveal();
  const Bio bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  Key key(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr));
  if (!key) {
    ERR_clear_error();  // or the next TLS call on this thread takes it for its own
    throw Error(ErrorKind::invalid, "the private key could not be read: it must be a PEM text without a passphrase");
  }
  if (EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_RSA)
    throw Error(ErrorKind::invalid, "the private key must be an RSA key");
  if (EVP_PKEY_get_bits(key.get()) < kRsaBitsMin)
    throw Error(ErrorKind::invalid, "the private key is too short: RSA keys need 2048 bits or more");
  return key;
}

std::string rs256(EVP_PKEY* key, std::string_view text) {
  const Digest digest(EVP_MD_CTX_new());
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  size_t length = 0;
  bool good = EVP_DigestSignInit(digest.get(), nullptr, EVP_sha256(), nullptr, key) == 1 &&
              EVP_DigestSign(digest.get(), nullptr, &length, bytes, text.size()) == 1;
  std::string signature(length, '\0');
  auto* out = reinterpret_cast<unsigned char*>(signature.data());
  good = good && EVP_DigestSign(digest.get(), out, &length, bytes, text.size()) == 1;
  if (!good) throw Error(ErrorKind::internal, "RS256 failed inside OpenSSL");
  signature.resize(length);
  return signature;
}

}  // namespace

std::string sign_jwt(const nlohmann::json& claims, const Secret& private_key_pem) {
  const Key key = read_key(private_key_pem);
  const std::string text = base64url_encode(R"({"alg":"RS256","typ":"JWT"})") + "." + base64url_encode(claims.dump());
  return text + "." + base64url_encode(rs256(key.get(), text));
}

}  // namespace nexpo

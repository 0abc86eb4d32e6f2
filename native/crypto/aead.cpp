#include "crypto/aead.hpp"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <memory>

#include "base/error.hpp"

namespace nexpo {
namespace {

constexpr char kVersion = 1;
constexpr size_t kOverheadBytes = 1 + kAeadNonceBytes + kAeadTagBytes;

struct FreeCipher {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Cipher = std::unique_ptr<EVP_CIPHER_CTX, FreeCipher>;

const unsigned char* raw(std::string_view bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }
unsigned char* raw(char* bytes) { return reinterpret_cast<unsigned char*>(bytes); }

void require(int success) {
  if (success != 1) throw Error(ErrorKind::internal, "AES-256-GCM failed inside OpenSSL");
}

/// Ready to work. The nonce's length is the default of GCM.
Cipher cipher(std::string_view key, std::string_view nonce, bool encrypt) {
  if (key.size() != kAeadKeyBytes) throw Error(ErrorKind::invalid, "an encryption key must have 32 bytes");
  Cipher context(EVP_CIPHER_CTX_new());
  require(EVP_CipherInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, raw(key), raw(nonce), encrypt ? 1 : 0));
  return context;
}

void associate(EVP_CIPHER_CTX* context, std::string_view bytes) {
  int length = 0;
  if (!bytes.empty()) require(EVP_CipherUpdate(context, nullptr, &length, raw(bytes), static_cast<int>(bytes.size())));
}

/// The version is authenticated with the rest, so that it cannot be exchanged.
std::string bound(std::string_view associated) { return std::string(1, kVersion).append(associated); }

}  // namespace

std::string aes_256_gcm_encrypt(std::string_view key, std::string_view nonce, std::string_view plain,
                                std::string_view associated) {
  const Cipher context = cipher(key, nonce, true);
  associate(context.get(), associated);
  std::string out(plain.size() + kAeadTagBytes, '\0');
  int length = 0;
  require(EVP_CipherUpdate(context.get(), raw(out.data()), &length, raw(plain), static_cast<int>(plain.size())));
  require(EVP_CipherFinal_ex(context.get(), raw(out.data() + length), &length));
  require(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, kAeadTagBytes, out.data() + plain.size()));
  return out;
}

std::string aead_seal(const Secret& key, std::string_view plain, std::string_view associated) {
  std::string nonce(kAeadNonceBytes, '\0');
  require(RAND_bytes(raw(nonce.data()), kAeadNonceBytes));
  return std::string(1, kVersion) + nonce + aes_256_gcm_encrypt(key.reveal(), nonce, plain, bound(associated));
}

std::optional<Secret> aead_open(const Secret& key, std::string_view sealed, std::string_view associated) {
  if (sealed.size() < kOverheadBytes || sealed[0] != kVersion) return {};
  const std::string_view nonce = sealed.substr(1, kAeadNonceBytes);
  const std::string_view text = sealed.substr(1 + kAeadNonceBytes, sealed.size() - kOverheadBytes);
  std::string tag(sealed.substr(sealed.size() - kAeadTagBytes));
  const Cipher context = cipher(key.reveal(), nonce, false);
  associate(context.get(), bound(associated));
  std::string plain(text.size(), '\0');
  int length = 0;
  require(EVP_CipherUpdate(context.get(), raw(plain.data()), &length, raw(text), static_cast<int>(text.size())));
  require(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, kAeadTagBytes, tag.data()));
  const bool genuine = EVP_CipherFinal_ex(context.get(), raw(plain.data() + length), &length) == 1;
  Secret opened(std::move(plain));  // wiped if it is not given away
  if (!genuine) return {};
  return opened;
}

}  // namespace nexpo

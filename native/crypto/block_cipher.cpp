#include "crypto/block_cipher.hpp"

#include <openssl/evp.h>

#include <memory>

#include "base/error.hpp"

namespace nexpo {
namespace {

constexpr size_t kKeyBytes = 32;
constexpr size_t kBlockBytes = 16;

struct FreeContext {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

}  // namespace

void encrypt_blocks(const Secret& key, std::span<uint8_t> blocks) {
  if (blocks.empty()) return;
  const std::unique_ptr<EVP_CIPHER_CTX, FreeContext> context(EVP_CIPHER_CTX_new());
  int size = 0;
  const bool good =
      key.reveal().size() == kKeyBytes && blocks.size() % kBlockBytes == 0 && context &&
      EVP_EncryptInit_ex(context.get(), EVP_aes_256_ecb(), nullptr, bytes_of(key.reveal()), nullptr) == 1 &&
      EVP_CIPHER_CTX_set_padding(context.get(), 0) == 1 &&
      EVP_EncryptUpdate(context.get(), blocks.data(), &size, blocks.data(), static_cast<int>(blocks.size())) == 1;
  if (!good) throw Error(ErrorKind::internal, "blocks could not be encrypted");
}

}  // namespace nexpo

#include "crypto/data_key.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"

namespace nexpo {
namespace {

Vault vault_of(std::string_view letters) {
  std::vector<Secret> keys;
  for (const char letter : letters) keys.emplace_back(std::string(32, letter));
  return Vault(std::move(keys));
}

TEST(DataKey, OpensWhatItSealedAndNothingElse) {
  const DataKey key = DataKey::generate("sync/a"), other = DataKey::generate("sync/a");
  const std::string sealed = key.seal("Ada Lovelace");
  EXPECT_EQ(key.open(sealed)->reveal(), "Ada Lovelace");
  EXPECT_FALSE(other.open(sealed)) << "two keys of one name are two keys";
  EXPECT_FALSE(key.open("Ada Lovelace"));
  EXPECT_FALSE(key.open("d1.not base64!"));
  EXPECT_FALSE(key.open("d1."));
  EXPECT_EQ(sealed.find("Ada"), std::string::npos);
}

TEST(DataKey, FindsEveryChangedCharacter) {
  const DataKey key = DataKey::generate("sync/a");
  const std::string sealed = key.seal("x");
  for (size_t i = 0; i + 1 < sealed.size(); ++i) {  // the last character has bits that mean nothing
    std::string changed = sealed;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(key.open(changed)) << i;
  }
}

TEST(DataKey, TellsSealedTextsFromPlainOnes) {
  EXPECT_TRUE(DataKey::is_sealed(DataKey::generate("n").seal("")));
  EXPECT_FALSE(DataKey::is_sealed("Ada"));
  EXPECT_FALSE(DataKey::is_sealed(""));
}

TEST(DataKey, WrappedItOpensInItsVaultUnderItsNameOnly) {
  const Vault vault = vault_of("a");
  const DataKey key = DataKey::generate("sync/a");
  const std::string wrapped = key.wrap(vault), sealed = key.seal("x");
  EXPECT_EQ(DataKey::unwrap(vault, wrapped, "sync/a").open(sealed)->reveal(), "x");
  EXPECT_THROW(DataKey::unwrap(vault, wrapped, "sync/b"), Error);
  EXPECT_THROW(DataKey::unwrap(vault_of("b"), wrapped, "sync/a"), Error);
  EXPECT_THROW(vault.open(wrapped, "sync/a"), Error) << "a wrapped key is no stored secret";
}

TEST(DataKey, RewrappedItIsTheSameKey) {
  const DataKey key = DataKey::generate("sync/a");
  const std::string sealed = key.seal("x"), wrapped = key.wrap(vault_of("a"));
  const std::string fresh = DataKey::rewrap(vault_of("ba"), wrapped, "sync/a");
  EXPECT_EQ(DataKey::unwrap(vault_of("b"), fresh, "sync/a").open(sealed)->reveal(), "x");
}

}  // namespace
}  // namespace nexpo

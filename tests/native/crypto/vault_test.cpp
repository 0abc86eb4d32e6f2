#include "crypto/vault.hpp"

#include <gtest/gtest.h>

#include <type_traits>

#include "base/error.hpp"

namespace nexpo {
namespace {

Secret key_of(char byte) { return Secret(std::string(32, byte)); }

/// A vault with these keys, newest first, one letter each.
Vault vault_of(std::string_view letters) {
  std::vector<Secret> keys;
  for (const char letter : letters) keys.push_back(key_of(letter));
  return Vault(std::move(keys));
}

ErrorKind kind_of_opening(const Vault& vault, std::string_view sealed, std::string_view name) {
  try {
    vault.open(sealed, name);
  } catch (const Error& error) {
    return error.kind();
  }
  ADD_FAILURE() << "it opened";
  return ErrorKind::cancelled;
}

TEST(Vault, OpensWhatItSealedUnderItsNameOnly) {
  const Vault vault = vault_of("a");
  const std::string sealed = vault.seal("refresh-token", "hubspot/token");
  EXPECT_EQ(vault.open(sealed, "hubspot/token").reveal(), "refresh-token");
  EXPECT_EQ(kind_of_opening(vault, sealed, "salesforce/token"), ErrorKind::internal);
  EXPECT_EQ(sealed.find("refresh-token"), std::string::npos);
}

TEST(Vault, StillOpensWhatItsFirstVersionSealed) {
  const Vault vault = vault_of("a");
  EXPECT_EQ(vault.open("v1.vqNfp-oL.AYYlt5nw6u70MLTGi5vmj0iuekmCjBmG6SeQJjBOCPATFNc", "n").reveal(), "secret");
}

TEST(Vault, SealsTheSameTextDifferentlyEachTime) {
  const Vault vault = vault_of("a");
  EXPECT_NE(vault.seal("x", "n"), vault.seal("x", "n"));
}

TEST(Vault, RotatesKeysWithoutAGap) {
  const std::string old_value = vault_of("a").seal("secret", "n");
  const Vault both = vault_of("ba");
  EXPECT_TRUE(both.needs_rewrap(old_value));
  EXPECT_EQ(both.open(old_value, "n").reveal(), "secret");
  const std::string new_value = both.rewrap(old_value, "n");
  EXPECT_FALSE(both.needs_rewrap(new_value));
  const Vault newest = vault_of("b");
  EXPECT_EQ(newest.open(new_value, "n").reveal(), "secret");
  EXPECT_EQ(kind_of_opening(newest, old_value, "n"), ErrorKind::invalid)
      << "the key is gone: configuration is to blame";
}

TEST(Vault, OpensNothingThatIsDamagedOrForeign) {
  const Vault vault = vault_of("a");
  const std::string sealed = vault.seal("secret", "n");
  EXPECT_EQ(kind_of_opening(vault, "", "n"), ErrorKind::internal);
  EXPECT_EQ(kind_of_opening(vault, "plain text", "n"), ErrorKind::internal);
  EXPECT_EQ(kind_of_opening(vault, "v1.", "n"), ErrorKind::internal);
  EXPECT_EQ(kind_of_opening(vault, sealed + "!", "n"), ErrorKind::internal);
  EXPECT_EQ(kind_of_opening(vault, sealed.substr(0, sealed.size() - 4), "n"), ErrorKind::internal);
  EXPECT_TRUE(vault.needs_rewrap("plain text"));
}

TEST(Vault, RefusesKeysThatCannotWork) {
  EXPECT_THROW(vault_of(""), Error);
  EXPECT_THROW(vault_of("aa"), Error);
  std::vector<Secret> weak;
  weak.emplace_back(std::string(31, 'k'));
  EXPECT_THROW(Vault(std::move(weak)), Error);
}

template <class T>
constexpr bool kPrintable = requires(std::ostream& out, const T& value) {
  out << value;
};

TEST(Secret, CannotBeCopiedPrintedOrTakenForText) {
  EXPECT_FALSE(std::is_copy_constructible_v<Secret> || std::is_copy_assignable_v<Secret>);
  EXPECT_TRUE(kPrintable<std::string>);
  EXPECT_FALSE(kPrintable<Secret>);
  EXPECT_FALSE((std::is_convertible_v<Secret, std::string> || std::is_convertible_v<Secret, std::string_view>));
}

TEST(Secret, MovesAndLeavesNothingBehind) {
  Secret first(std::string("short"));
  const Secret second(std::move(first));
  EXPECT_EQ(second.reveal(), "short");
  EXPECT_TRUE(first.empty());  // NOLINT(bugprone-use-after-move): that it is empty is the promise
  Secret third(std::string("other"));
  third = second.clone();
  EXPECT_EQ(third.reveal(), "short");
}

TEST(Secret, ComparesByWhatItHolds) {
  const Secret secret(std::string("abc"));
  EXPECT_TRUE(secret.same_as("abc"));
  EXPECT_FALSE(secret.same_as("abd"));
  EXPECT_FALSE(secret.same_as("ab"));
  EXPECT_TRUE(Secret().same_as(""));
}

}  // namespace
}  // namespace nexpo

// SealedCredentials: what systems hand out to replace a credential, encrypted before it reaches the store.
#pragma once

#include <memory>

#include "connectors/connector.hpp"
#include "crypto/vault.hpp"
#include "store/store.hpp"

namespace nexpo {

/// Values are bound to their name: a sealed value that is moved to another name does not open.
/// Both arguments must outlive it.
class SealedCredentials final : public CredentialStore {
 public:
  SealedCredentials(StateStore& store, const Vault& vault) : store_(store), vault_(vault) {}

  Task<std::optional<std::string>> get(std::string name) override {
    const std::optional<std::string> sealed = co_await store_.get_secret(name);
    if (!sealed) co_return std::nullopt;
    co_return std::string(vault_.open(*sealed, name).reveal());
  }

  Task<> put(std::string name, std::string value) override {
    std::string sealed = vault_.seal(value, name);
    co_await store_.put_secret(std::move(name), std::move(sealed));
  }

 private:
  StateStore& store_;
  const Vault& vault_;
};

}  // namespace nexpo

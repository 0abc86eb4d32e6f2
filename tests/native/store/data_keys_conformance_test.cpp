// What every state store must do with data keys: one for each name, erased for good, rewrapped while others work.
#include "store/data_keys.hpp"

#include <atomic>
#include <mutex>

#include "store/book_conformance.hpp"

namespace nexpo {
namespace {

Vault vault_of(std::string_view letters) {
  std::vector<Secret> keys;
  for (const char letter : letters) keys.emplace_back(std::string(32, letter));
  return Vault(std::move(keys));
}

class DataKeyStore : public BookConformance {
 protected:
  DataKeys keys(const Vault& vault) { return DataKeys(*store_, vault); }
  /// Writes a document with a secret, as the engine does.
  Document put_secret_document(const Vault& vault, const std::string& id, const std::string& secret) {
    DocumentWrite write = write_of("integration", id, "{}");
    write.change = SecretChange::replace;
    write.secret = wait(keys(vault).seal_for_document("integration/" + id, secret));
    return wait(store_->put_document(std::move(write)));
  }
  std::string opened(const Vault& vault, const std::string& id) {
    const Document found = *wait(store_->document("integration", id));
    const Secret secret = wait(keys(vault).open("integration/" + id, found.secret));
    return std::string(secret.reveal());
  }
};

TEST_P(DataKeyStore, ANameHasOneKey) {
  const Vault vault = vault_of("a");
  EXPECT_FALSE(wait(keys(vault).find("sync/a")));
  const std::string sealed = wait(keys(vault).seal("sync/a", "Ada"));
  EXPECT_EQ(wait(keys(vault).open("sync/a", sealed)).reveal(), "Ada");
  EXPECT_EQ(wait(keys(vault).get_or_make("sync/a"))->open(sealed)->reveal(), "Ada");
  EXPECT_FALSE(wait(keys(vault).get_or_make("sync/b"))->open(sealed));
}

TEST_P(DataKeyStore, OfProcessesThatMakeOneAtOnceAllUseTheSame) {
  const Vault vault = vault_of("a");
  std::mutex mutex;
  std::vector<std::string> sealed;
  std::vector<std::thread> processes;
  for (int i = 0; i < 4; ++i)
    processes.push_back(process([&](Loop& loop, StateStore& store) {
      DataKeys own(store, vault);
      std::string text = run_on(loop, [&] { return own.seal("sync/a", "Ada"); });
      const std::lock_guard lock(mutex);
      sealed.push_back(std::move(text));
    }));
  for (std::thread& one : processes) one.join();
  for (const std::string& text : sealed) EXPECT_EQ(wait(keys(vault).open("sync/a", text)).reveal(), "Ada");
}

TEST_P(DataKeyStore, WhatAnErasedKeySealedCannotBeReadAgain) {
  const Vault vault = vault_of("a");
  const std::string sealed = wait(keys(vault).seal("sync/a", "Ada"));
  wait(store_->put_secret("sync/a/refreshToken", "x"));
  wait(store_->put_secret("sync/ab/refreshToken", "x"));
  EXPECT_TRUE(wait(keys(vault).erase("sync/a", note("key.erase", "sync/a"), kNow)));
  EXPECT_FALSE(wait(store_->get_secret("sync/a/refreshToken")));
  EXPECT_TRUE(wait(store_->get_secret("sync/ab/refreshToken")));
  const Error gone = error_of(keys(vault).open("sync/a", sealed));
  EXPECT_EQ(gone.code(), kKeyErasedCode);
  EXPECT_EQ(gone.message().find("Ada"), std::string::npos);
  EXPECT_FALSE(wait(keys(vault).get_or_make("sync/a"))->open(sealed)) << "a new key of that name is another key";
  EXPECT_EQ(audit().size(), 1u);
  EXPECT_TRUE(wait(keys(vault).erase("sync/a", note("key.erase"), kNow)));
  EXPECT_FALSE(wait(keys(vault).erase("sync/a", note("key.erase"), kNow)));
  EXPECT_EQ(audit().size(), 2u) << "what did not happen is not noted";
}

TEST_P(DataKeyStore, ADocumentKeepsItsSecretUntilItIsReplacedOrErased) {
  const Vault vault = vault_of("a");
  (void)put_secret_document(vault, "crm", "one");
  (void)put("integration", "crm");
  EXPECT_EQ(opened(vault, "crm"), "one");
  (void)put_secret_document(vault, "crm", "two");
  EXPECT_EQ(opened(vault, "crm"), "two");
  DocumentWrite erase = write_of("integration", "crm", "{}");
  erase.change = SecretChange::erase;
  EXPECT_EQ(wait(store_->put_document(erase)).secret, "");
  EXPECT_FALSE(wait(keys(vault).find("integration/crm")));
  (void)wait(keys(vault).get_or_make("integration/crm"));
  (void)wait(store_->put_document(erase));
  EXPECT_TRUE(wait(keys(vault).find("integration/crm"))) << "there was no secret to erase: the key is another's";
}

TEST_P(DataKeyStore, ADeletedDocumentTakesItsKeyAlong) {
  const Vault vault = vault_of("a");
  const std::string sealed = put_secret_document(vault, "crm", "one").secret;
  wait(store_->put_secret("integration/crm/refreshToken", "x"));
  EXPECT_TRUE(wait(store_->delete_document("integration", "crm", {}, {}, kNow)));
  EXPECT_FALSE(wait(store_->get_secret("integration/crm/refreshToken")));
  EXPECT_EQ(error_of(keys(vault).open("integration/crm", sealed)).code(), kKeyErasedCode);
}

TEST_P(DataKeyStore, ASecretUnderAKeyThatWasChangedMeanwhileIsNotWritten) {
  const Vault vault = vault_of("a"), newer = vault_of("ba");
  const auto write_with = [&](SealedSecret secret) {
    DocumentWrite write = write_of("integration", "crm", R"({"late":1})");
    write.change = SecretChange::replace;
    write.secret = std::move(secret);
    write.audit = note("put");
    return error_of(store_->put_document(std::move(write)));
  };
  const SealedSecret first = wait(keys(vault).seal_for_document("integration/crm", "one"));
  (void)put_secret_document(vault, "crm", "two");
  EXPECT_EQ(write_with(first).code(), kKeyChangedCode) << "another one was made";
  const SealedSecret second = wait(keys(vault).seal_for_document("integration/crm", "three"));
  (void)wait(keys(newer).rewrap_all());
  EXPECT_EQ(write_with(second).code(), kKeyChangedCode) << "it was rewrapped";
  (void)wait(keys(newer).erase("integration/crm", note("erase"), kNow));
  EXPECT_EQ(write_with(second).code(), kKeyChangedCode) << "it was erased: it must not come back";
  EXPECT_FALSE(wait(keys(newer).find("integration/crm")));
  EXPECT_EQ(wait(store_->document("integration", "crm"))->body, "{}") << "the whole write was undone";
  EXPECT_EQ(audit().size(), 1u);
}

TEST_P(DataKeyStore, RotationRewrapsKeysAndSecretsAndTheOldKeyCanGo) {
  const Vault old = vault_of("a"), both = vault_of("ba"), newest = vault_of("b");
  constexpr int kKeys = 603;  // more than are read at once
  std::vector<std::pair<std::string, std::string>> sealed;
  for (int i = 0; i < kKeys; ++i) {
    const std::string name = "sync/" + std::to_string(i);
    sealed.emplace_back(name, wait(keys(old).seal(name, name)));
  }
  wait(store_->put_secret("crm/refreshToken", old.seal("token", "crm/refreshToken")));
  const DataKeys::Rewrapped first = wait(keys(both).rewrap_all());
  EXPECT_EQ(first.rewrapped, kKeys + 1);
  EXPECT_EQ(first.current, 0);
  const DataKeys::Rewrapped second = wait(keys(newest).rewrap_all());
  EXPECT_EQ(second.rewrapped, 0);
  EXPECT_EQ(second.current, kKeys + 1);
  for (const auto& [name, text] : sealed) ASSERT_EQ(wait(keys(newest).open(name, text)).reveal(), name);
  EXPECT_EQ(newest.open(*wait(store_->get_secret("crm/refreshToken")), "crm/refreshToken").reveal(), "token");
  EXPECT_THROW(wait(keys(old).find("sync/7")), Error);
}

TEST_P(DataKeyStore, RotationDoesAllItCanAndThenTellsWhatItCouldNotOpen) {
  const Vault old = vault_of("a"), lost = vault_of("x"), both = vault_of("ba");
  (void)wait(keys(old).get_or_make("sync/1"));
  (void)wait(keys(lost).get_or_make("sync/2"));
  (void)wait(keys(old).get_or_make("sync/3"));
  const Error error = error_of(keys(both).rewrap_all());
  EXPECT_NE(error.message().find("sync/2"), std::string::npos) << error.message();
  const Vault newest = vault_of("b");
  EXPECT_TRUE(wait(keys(newest).find("sync/1")));
  EXPECT_TRUE(wait(keys(newest).find("sync/3")));
}

TEST_P(DataKeyStore, ARowThatWasChangedMeanwhileIsNotReplaced) {
  (void)wait(store_->add_data_key("sync/a", "one"));
  wait(store_->put_secret("sync/a", "one"));
  for (const SealedTable table : {SealedTable::data_key, SealedTable::secret}) {
    EXPECT_FALSE(wait(store_->replace_sealed(table, "sync/a", "another", "two")));
    EXPECT_EQ(wait(store_->sealed_row(table, "sync/a")), "one");
    EXPECT_TRUE(wait(store_->replace_sealed(table, "sync/a", "one", "two")));
    EXPECT_EQ(wait(store_->sealed_row(table, "sync/a")), "two");
    EXPECT_FALSE(wait(store_->replace_sealed(table, "sync/b", "one", "two")));
    EXPECT_FALSE(wait(store_->sealed_row(table, "sync/b")));
  }
}

TEST_P(DataKeyStore, RotationLosesNothingThatIsWrittenMeanwhile) {
  const Vault old = vault_of("a"), both = vault_of("ba"), newest = vault_of("b");
  constexpr int kNames = 8;
  std::atomic<bool> stop = false;
  // Processes that hold both keys, the new one in front, as the order of a rotation wants it.
  std::vector<std::vector<std::pair<std::string, std::string>>> written(2);
  for (int i = 0; i < kNames; ++i) (void)wait(keys(old).get_or_make("sync/" + std::to_string(i)));
  std::vector<std::thread> processes;
  for (auto& own : written)
    processes.push_back(process([&](Loop& loop, StateStore& store) {
      DataKeys sealing(store, both);
      for (int i = 0; !stop || i < 20; ++i) {
        const std::string name = "sync/" + std::to_string(i % kNames);
        const std::string text = std::to_string(i);
        own.emplace_back(name, run_on(loop, [&] { return sealing.seal(name, text); }));
        run_on(loop, [&] { return store.put_secret("token/" + std::to_string(i % kNames), both.seal(text, "token")); });
      }
    }));
  for (int i = 0; i < 10; ++i) (void)wait(keys(both).rewrap_all());
  stop = true;
  for (std::thread& one : processes) one.join();
  for (const auto& own : written)
    for (size_t i = 0; i < own.size(); ++i)
      ASSERT_EQ(wait(keys(newest).open(own[i].first, own[i].second)).reveal(), std::to_string(i));
  for (int i = 0; i < kNames; ++i)
    EXPECT_FALSE(newest.open(*wait(store_->get_secret("token/" + std::to_string(i))), "token").empty());
}

EVERY_STORE(DataKeyStore);

}  // namespace
}  // namespace nexpo

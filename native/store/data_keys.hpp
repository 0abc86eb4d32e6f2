// DataKeys: the data keys of a store by name ("KIND/ID"), unwrapped when they are needed.
#pragma once

#include <memory>
#include <string>

#include "crypto/data_key.hpp"
#include "store/book_store.hpp"

namespace nexpo {

/// Keeps no key in memory beyond what it gives out, so that erasing one takes effect at the next call in every process.
/// Both arguments must outlive it.
class DataKeys {
 public:
  DataKeys(BookStore& store, const Vault& vault) : store_(store), vault_(vault) {}

  using Key = std::shared_ptr<const DataKey>;
  /// Null if there is none: it was never made, or was erased. Throws as Vault::open.
  Task<Key> find(std::string name);
  Task<Key> get_or_make(std::string name);

  Task<std::string> seal(std::string name, std::string plain);
  /// Throws Error{invalid} with the code "key_erased" if the key that sealed it is no more.
  Task<Secret> open(std::string name, std::string sealed);
  /// Seals for BookStore::put_document, which keeps a new key together with the document.
  Task<SealedSecret> seal_for_document(std::string name, std::string plain);

  /// False: there was no key.
  Task<bool> erase(std::string name, AuditNote audit, Time now);

  /// Wraps every key, and the rotated refresh tokens, by the newest encryption key. Others may work meanwhile: what
  /// they change in between is looked at again. Throws the first error when all that can be done is done.
  struct Rewrapped {
    int64_t rewrapped = 0;
    int64_t current = 0;  ///< were under the newest key already
  };
  Task<Rewrapped> rewrap_all();

 private:
  Task<Rewrapped> rewrap_table(SealedTable table);
  Task<bool> rewrap_row(SealedTable table, SealedRow row);

  BookStore& store_;
  const Vault& vault_;
};

constexpr const char* kKeyErasedCode = "key_erased";

}  // namespace nexpo

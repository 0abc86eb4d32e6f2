#include "store/data_keys.hpp"

#include <fmt/format.h>

namespace nexpo {
namespace {

constexpr int kRowsAtOnce = 500;  // while keys are rewrapped

}  // namespace

Task<DataKeys::Key> DataKeys::find(std::string name) {
  const std::optional<std::string> wrapped = co_await store_.sealed_row(SealedTable::data_key, name);
  if (!wrapped) co_return nullptr;
  co_return std::make_shared<const DataKey>(DataKey::unwrap(vault_, *wrapped, std::move(name)));
}

Task<DataKeys::Key> DataKeys::get_or_make(std::string name) {
  Key found = co_await find(name);
  if (found) co_return found;
  std::string wrapped = DataKey::generate(name).wrap(vault_);
  const std::string kept = co_await store_.add_data_key(name, std::move(wrapped));
  co_return std::make_shared<const DataKey>(DataKey::unwrap(vault_, kept, std::move(name)));
}

Task<std::string> DataKeys::seal(std::string name, std::string plain) {
  const Key key = co_await get_or_make(std::move(name));
  co_return key->seal(plain);
}

Task<Secret> DataKeys::open(std::string name, std::string sealed) {
  const Key key = co_await find(name);
  std::optional<Secret> plain;
  if (key) plain = key->open(sealed);
  if (!plain)
    throw Error(ErrorKind::invalid,
                fmt::format("what was sealed for \"{}\" can be read no more: its data key was erased", name))
        .with_code(kKeyErasedCode);
  co_return std::move(*plain);
}

Task<SealedSecret> DataKeys::seal_for_document(std::string name, std::string plain) {
  const std::optional<std::string> wrapped = co_await store_.sealed_row(SealedTable::data_key, name);
  const DataKey key = wrapped ? DataKey::unwrap(vault_, *wrapped, std::move(name)) : DataKey::generate(std::move(name));
  SealedSecret sealed{key.seal(plain), wrapped ? *wrapped : key.wrap(vault_), !wrapped};
  co_return sealed;
}

Task<bool> DataKeys::erase(std::string name, AuditNote audit, Time now) {
  co_return co_await store_.erase_data_key(std::move(name), std::move(audit), now);
}

Task<DataKeys::Rewrapped> DataKeys::rewrap_all() {
  auto keys = co_await attempt(rewrap_table(SealedTable::data_key));
  auto secrets = co_await attempt(rewrap_table(SealedTable::secret));
  if (keys.index() == 1) throw std::get<1>(keys);
  if (secrets.index() == 1) throw std::get<1>(secrets);
  const Rewrapped &one = std::get<0>(keys), &other = std::get<0>(secrets);
  co_return Rewrapped{one.rewrapped + other.rewrapped, one.current + other.current};
}

Task<DataKeys::Rewrapped> DataKeys::rewrap_table(SealedTable table) {
  Rewrapped done;
  std::optional<Error> failed;
  for (std::string after;;) {
    const std::vector<SealedRow> rows = co_await store_.sealed_rows(table, after, kRowsAtOnce);
    for (const SealedRow& row : rows) {
      auto changed = co_await attempt(rewrap_row(table, row));
      if (changed.index() == 1) {
        if (!failed) failed = std::get<1>(changed);
      } else {
        ++(std::get<0>(changed) ? done.rewrapped : done.current);
      }
    }
    if (rows.size() < static_cast<size_t>(kRowsAtOnce)) break;
    after = rows.back().name;
  }
  if (failed) throw *failed;
  co_return done;
}

/// True if it was changed.
Task<bool> DataKeys::rewrap_row(SealedTable table, SealedRow row) {
  while (vault_.needs_rewrap(row.sealed)) {
    const bool key = table == SealedTable::data_key;
    std::string fresh = key ? DataKey::rewrap(vault_, row.sealed, row.name) : vault_.rewrap(row.sealed, row.name);
    if (co_await store_.replace_sealed(table, row.name, row.sealed, std::move(fresh))) co_return true;
    // Someone else was quicker: what stands there now, or nothing at all.
    const std::optional<std::string> now = co_await store_.sealed_row(table, row.name);
    if (!now) co_return false;
    row.sealed = *now;
  }
  co_return false;
}

}  // namespace nexpo

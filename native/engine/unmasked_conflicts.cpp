#include "engine/unmasked_conflicts.hpp"

#include <algorithm>

#include "sync/conflict/kept_decision.hpp"

namespace nexpo {
namespace {

constexpr size_t kPageConflicts = 1'000;

UnmaskedConflict unmasked(Conflict conflict, const DataKeys::Key& key) {
  UnmaskedConflict out;
  const auto opened = [&](const std::string& sealed) {
    return key && !sealed.empty() ? key->open(sealed) : std::nullopt;
  };
  const std::optional<Secret> body = opened(conflict.sealed);
  out.erased = !conflict.sealed.empty() && !body;
  out.body = body ? body->reveal() : conflict.body;
  const std::string sealed = sealed_decision(conflict.decision);
  const std::optional<Secret> decision = opened(sealed);
  if (decision || sealed.empty()) out.decision = decision ? decision->reveal() : conflict.decision;
  out.conflict = std::move(conflict);
  return out;
}

}  // namespace

Task<DataKeys::Key> data_key_of_sync(Runtime& runtime, std::string sync_id) {
  co_return co_await runtime.data_keys->find("sync/" + sync_id);
}

Task<UnmaskedConflicts> unmasked_conflicts(Runtime& runtime, ConflictFilter filter, bool newest, size_t max) {
  const DataKeys::Key key = co_await data_key_of_sync(runtime, filter.sync_id);
  UnmaskedConflicts out;
  filter.limit = static_cast<int>(std::min(kPageConflicts, max + 1));
  for (bool last = false; !last && !out.more;) {
    std::vector<Conflict> page = co_await runtime.store->conflicts(filter, newest);
    last = page.size() < static_cast<size_t>(filter.limit);
    for (Conflict& one : page) {
      out.more = out.items.size() == max;
      if (out.more) break;
      filter.after = one.id;
      out.items.push_back(unmasked(std::move(one), key));
    }
  }
  co_return out;
}

}  // namespace nexpo

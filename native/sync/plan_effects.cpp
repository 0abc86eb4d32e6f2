#include "sync/plan_effects.hpp"

#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "base/error.hpp"

namespace nexpo {
namespace {

// One effect: kind, values, current, size of the key, key. Sizes are in the machine's own order, as all that run on
// one store have the same.
constexpr size_t kFixedBytes = 1 + 2 * sizeof(Fingerprint::bytes) + sizeof(uint32_t);

void append(std::string& page, const Fingerprint& print) {
  page.append(reinterpret_cast<const char*>(print.bytes.data()), print.bytes.size());
}

bool removes(const PlannedEffect& effect) {
  return effect.kind == PlannedEffect::Kind::remove || effect.kind == PlannedEffect::Kind::unlink;
}

}  // namespace

void EffectPages::add(std::string_view key, const PlannedEffect& effect) {
  if (!wanted()) return;
  page_ += static_cast<char>(effect.kind);
  append(page_, effect.values);
  append(page_, effect.current);
  const auto size = static_cast<uint32_t>(key.size());
  page_.append(reinterpret_cast<const char*>(&size), sizeof size);
  page_ += key;
  ++in_page_;
}

Task<> EffectPages::hand_over() {
  if (in_page_ == 0) co_return;
  in_all_ += in_page_;
  if (in_all_ > kPlanEffectsMax)
    throw Error(ErrorKind::invalid,
                fmt::format("this plan has more than {} effects, too many to keep; plan without keeping it, and run "
                            "the sync with approval",
                            kPlanEffectsMax))
        .with_code("plan_too_large");
  std::string page = std::exchange(page_, {});
  co_await sink_->take(std::move(page), std::exchange(in_page_, 0));
}

PlanEffects::PlanEffects(std::vector<std::string> pages) : pages_(std::move(pages)) {
  for (const std::string& page : pages_) unpack(page);
  index_.emplace(entries_.size());
  for (size_t place = 0; place < entries_.size(); ++place) index_->put(entries_[place].key, place);
}

void PlanEffects::unpack(std::string_view page) {
  while (!page.empty()) {
    uint32_t size = 0;
    if (page.size() >= kFixedBytes) std::memcpy(&size, page.data() + kFixedBytes - sizeof size, sizeof size);
    if (page.size() < kFixedBytes + size) throw Error(ErrorKind::internal, "a page of a kept plan is damaged");
    Entry entry;
    entry.effect.kind = static_cast<PlannedEffect::Kind>(page[0]);
    std::memcpy(entry.effect.values.bytes.data(), page.data() + 1, sizeof(Fingerprint::bytes));
    std::memcpy(entry.effect.current.bytes.data(), page.data() + 1 + sizeof(Fingerprint::bytes),
                sizeof(Fingerprint::bytes));
    entry.key = page.substr(kFixedBytes, size);
    entries_.push_back(entry);
    page.remove_prefix(kFixedBytes + size);
  }
}

const PlannedEffect* PlanEffects::find(std::string_view source_key) const {
  const std::optional<size_t> place = index_->place_of(source_key);
  return place ? &entries_[*place].effect : nullptr;
}

void PlanEffects::meet(std::string_view source_key) {
  if (const std::optional<size_t> place = index_->place_of(source_key)) entries_[*place].met = true;
}

std::vector<std::string_view> PlanEffects::next_gone(size_t limit) {
  std::vector<std::string_view> gone;
  for (; next_ < entries_.size() && gone.size() < limit; ++next_) {
    const Entry& entry = entries_[next_];
    if (removes(entry.effect) && !entry.met) gone.push_back(entry.key);
  }
  return gone;
}

}  // namespace nexpo

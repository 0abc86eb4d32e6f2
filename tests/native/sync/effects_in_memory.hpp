// EffectsInMemory: what a plan would change, kept without a store.
#pragma once

#include "sync/plan_effects.hpp"

namespace nexpo {

/// The effects of one plan.
class EffectsInMemory final : public EffectSink {
 public:
  Task<> take(std::string page, size_t effects) override {
    pages.push_back(std::move(page));
    count += effects;
    co_return;
  }
  std::vector<std::string> pages;
  size_t count = 0;
};

}  // namespace nexpo

// PlanEffects: what a plan would change, record by record, so that it can be applied as it was seen.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/task.hpp"
#include "record/fingerprint.hpp"
#include "record/key_index.hpp"
#include "record/page.hpp"

namespace nexpo {

/// Effects that one plan may have. Applying holds them in memory: about 200 bytes each.
constexpr size_t kPlanEffectsMax = 1'000'000;

struct PlannedEffect {
  enum class Kind : uint8_t {
    write = 1,  ///< create or update
    link,       ///< the target has these values already
    remove,     ///< delete, soft or hard
    unlink,     ///< forget the link
  };
  Kind kind = Kind::write;
  Fingerprint values;   ///< of the mapped values; where something goes, of those both sides last agreed on
  Fingerprint current;  ///< of the target's values before; empty: it had no such record, or it was not looked at
};

/// Takes the effects of a plan, page by page, as they are found.
class EffectSink {
 public:
  virtual ~EffectSink() = default;
  /// `page` holds `effects` effects, for PlanEffects.
  virtual Task<> take(std::string page, size_t effects) = 0;
};

/// Packs effects into pages for a sink, which may be null: then nothing is packed.
class EffectPages {
 public:
  explicit EffectPages(EffectSink* sink) : sink_(sink) {}

  bool wanted() const { return sink_ != nullptr; }
  void add(std::string_view key, const PlannedEffect& effect);
  /// Gives the page to the sink. Throws Error{invalid} with code "plan_too_large" from kPlanEffectsMax effects on.
  Task<> hand_over();

 private:
  EffectSink* sink_;
  std::string page_;
  size_t in_page_ = 0, in_all_ = 0;
};

/// The effects of one plan by key, and which of the records were met since. The key is that of the source's record; of
/// a sync that reconciles, planned_key() of two_way/pair_effect.hpp.
class PlanEffects {
 public:
  /// Throws Error{internal} for pages that EffectPages has not made.
  explicit PlanEffects(std::vector<std::string> pages);
  PlanEffects(const PlanEffects&) = delete;

  /// Null if the plan leaves this record alone.
  const PlannedEffect* find(std::string_view source_key) const;
  /// The source has this record.
  void meet(std::string_view source_key);
  /// Keys of the next records, at most `limit`, that were to go and were not met. Call it when the reading is done.
  std::vector<std::string_view> next_gone(size_t limit);

 private:
  struct Entry {
    std::string_view key;
    PlannedEffect effect;
    bool met = false;
  };
  void unpack(std::string_view page);

  std::vector<std::string> pages_;
  std::vector<Entry> entries_;
  std::optional<KeyIndex> index_;
  size_t next_ = 0;
};

/// A plan, ready to be applied: the read it was made from, and what it found.
struct AppliedPlan {
  AppliedPlan(std::string read_mode, Cursor read_from, std::vector<std::string> pages)
      : mode(std::move(read_mode)), from(std::move(read_from)), effects(std::move(pages)) {}

  std::string mode;  ///< "full" or "incremental"
  Cursor from;
  PlanEffects effects;
};

}  // namespace nexpo

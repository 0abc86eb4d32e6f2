#include "sync/two_way/two_way_preview.hpp"

#include <functional>
#include <unordered_set>

#include <fmt/format.h>

#include "sync/retry.hpp"
#include "sync/two_way/pair_effect.hpp"

namespace nexpo {
namespace {

class PairPreview {
 public:
  PairPreview(const PassContext& context, const SyncPlan& plan, size_t samples_max, EffectSink* effects)
      : context_(context),
        plan_(plan),
        both_(*plan.reconciliation),
        sides_(context, plan, both_),
        fields_(plan.mapping->target_fields()),
        matcher_(context, plan, sides_, fields_),
        samples_max_(samples_max),
        effects_(effects) {}

  Task<PreviewReport> run(RunRequest request) {
    const SyncState state = co_await context_.store.load(plan_.sync_id);
    out_.mode = mode_of(state, plan_, request);
    full_ = out_.mode == "full";
    if (!full_) out_.from = state.cursor;
    const TwoWayCursor from = TwoWayCursor::parse(out_.from);
    co_await read(Side::source, from.source);
    if (both_.two_way) co_await read(Side::target, from.target);
    if (full_ && plan_.deletes != DeletePolicy::ignore) {
      co_await sweep(Side::source);
      if (both_.two_way) co_await sweep(Side::target);
    }
    co_return std::move(out_);
  }

 private:
  Task<> read(Side side, Cursor from) {
    ReadPlan plan;
    plan.object = sides_.object_of(side);
    plan.paths = sides_.paths(side);
    plan.page_records_max = plan_.limits.page_records_max;
    plan.incremental = !full_;
    plan.deletions = plan_.deletes != DeletePolicy::ignore;
    plan.from = std::move(from);
    const std::unique_ptr<Reader> reader = co_await sides_.source_of(side).read(std::move(plan));
    const auto next = [&reader] { return reader->next(); };
    for (bool last = false; !last && !context_.stop.cancelled();) {
      Page page = co_await with_retry(context_.clock, plan_.retry, context_.stop, next);
      last = page.last;
      SideRows rows = co_await sides_.mapped(side, std::move(page));
      co_await look_at(side, std::move(rows));
    }
  }

  /// Nobody has marked anything as seen by a run without a number, so these are all pairs.
  Task<> sweep(Side side) {
    constexpr int64_t kNoRun = 0;
    int64_t after = 0;
    while (!context_.stop.cancelled()) {
      const std::vector<Pair> pairs =
          co_await context_.store.unseen_pairs(plan_.sync_id, kNoRun, side, after, plan_.limits.page_records_max);
      if (pairs.empty()) co_return;
      after = pairs.back().id;
      std::vector<std::string> keys;
      for (const Pair& pair : pairs)
        if (!met_.contains(mark_of(side, pair.key_of(side)))) keys.push_back(pair.key_of(side));
      if (keys.empty()) continue;
      SideRows rows = co_await sides_.now(side, std::move(keys));
      co_await look_at(side, std::move(rows));
    }
  }

  Task<> look_at(Side side, SideRows rows) {
    out_.counts.read += rows.rows.size() + rows.rejections.size();
    for (const Rejection& reason : rows.rejections) {
      ++out_.counts.rejected;
      const RowHead& head = rows.original.head(reason.row);
      sample(head.key, "reject", {{reason.field, std::nullopt, told(reason.message)}});
    }
    PairPage page = co_await matcher_.match(side, std::move(rows), !full_);
    out_.counts.superseded += page.superseded;
    Arena memory;
    MergeScratch scratch{memory};
    const PairJury jury(plan_, both_, sides_, context_.personal, context_.clock.now());
    for (Touched& one : page.touched) {
      const RowHead& head = page.own.rows.head(one.row);
      const bool handled = handled_.contains(mark_of(side, head.key)) || handled_pairs_.contains(one.pair.id);
      if (head.op == RecordOp::upsert) met_.insert(mark_of(side, head.key));
      if (handled) {
        ++out_.counts.unchanged;
        continue;
      }
      const PairVerdict verdict = jury.judge(page, one, scratch);
      const PairCells cells = jury.cells_of(page, one);
      if (effects_.wanted())
        if (const auto effect = effect_of(one, verdict, cells, context_.personal))
          effects_.add(planned_key(page, one), {PlannedEffect::Kind::write, *effect, {}});
      count(page, one, verdict, cells);
    }
    co_await effects_.hand_over();
  }

  void count(const PairPage& page, const Touched& one, const PairVerdict& verdict, const PairCells& cells) {
    using Fate = PairVerdict::Fate;
    const std::string_view key = page.own.rows.head(one.row).key;
    if (verdict.holds()) {
      ++out_.counts.in_review;
      sample(key, "review", {{verdict.notes.front().kind, std::nullopt, told(verdict.notes.front().reason)}});
    } else if (verdict.fate == Fate::refused) {
      ++out_.counts.rejected;
      sample(key, "reject", {{verdict.refusal.field, std::nullopt, told(verdict.refusal.message)}});
    } else if (verdict.fate == Fate::filtered) {
      ++out_.counts.filtered;
    } else if (verdict.fate == Fate::removed) {
      ++out_.counts.deleted;
      sample(key, fmt::format("delete {}", name_of(*verdict.removes)), {});
    } else if (!verdict.writes_to(Side::source) && !verdict.writes_to(Side::target)) {
      ++out_.counts.unchanged;
      return;
    } else {
      ++(verdict.creates ? out_.counts.created : out_.counts.updated);
      for (const Side side : {Side::target, Side::source})
        if (verdict.writes_to(side)) sample_fields(key, side, verdict, cells);
    }
    if (one.pair.id != 0) handled_pairs_.insert(one.pair.id);
    for (const Side side : {Side::source, Side::target})
      if (!one.pair.key_of(side).empty()) handled_.insert(mark_of(side, one.pair.key_of(side)));
  }

  void sample_fields(std::string_view key, Side side, const PairVerdict& verdict, const PairCells& cells) {
    std::vector<FieldDifference> fields;
    for (size_t slot = 0; slot < verdict.fields.size(); ++slot) {
      const FieldVerdict& field = verdict.fields[slot];
      const Value now = side == Side::source ? cells.source[slot] : cells.target[slot];
      const Value wanted = field.take == Take::source   ? cells.source[slot]
                           : field.take == Take::target ? cells.target[slot]
                           : field.take == Take::merged ? field.value
                                                        : now;
      if (wanted == now || (side == Side::source && !sides_.flows_back(slot))) continue;
      const auto shown = [&](Value value) -> std::optional<std::string> {
        if (!value.present()) return std::nullopt;
        const bool personal = context_.personal && context_.personal->is_personal(slot);
        return std::string(personal ? kMasked : value.view());
      };
      fields.push_back({(*sides_.fields())[slot], shown(now), shown(wanted)});
    }
    sample(key, fmt::format("{} {}", verdict.creates ? "create" : "update", name_of(side)), std::move(fields));
  }

  /// A message may quote what is personal, so of such syncs it is not shown.
  std::string told(const std::string& message) const {
    return context_.personal && context_.personal->marked() ? std::string(kMasked) : message;
  }

  void sample(std::string_view key, std::string action, std::vector<FieldDifference> fields) {
    if (out_.differences.size() < samples_max_)
      out_.differences.push_back({std::string(key), std::move(action), std::move(fields)});
  }

  static size_t mark_of(Side side, std::string_view key) {
    return std::hash<std::string_view>{}(key) ^ (side == Side::source ? 0 : ~size_t{0});
  }

  const PassContext& context_;
  const SyncPlan& plan_;
  const Reconciliation& both_;
  PairSides sides_;
  PairState::Fields fields_;
  PairMatcher matcher_;
  size_t samples_max_;
  EffectPages effects_;
  bool full_ = false;
  std::unordered_set<int64_t> handled_pairs_;
  std::unordered_set<size_t> met_, handled_;  ///< hashes: records that were read, and that would be written
  PreviewReport out_;
};

}  // namespace

Task<PreviewReport> preview_two_way(const PassContext& context, const SyncPlan& plan, RunRequest request,
                                    size_t samples_max, EffectSink* effects) {
  PairPreview preview(context, plan, samples_max, effects);
  co_return co_await preview.run(request);
}

}  // namespace nexpo

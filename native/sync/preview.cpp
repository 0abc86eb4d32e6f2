#include "sync/preview.hpp"

#include <unordered_set>
#include <utility>

#include <fmt/format.h>

#include "sync/claims.hpp"
#include "sync/same_value.hpp"
#include "sync/two_way/two_way_preview.hpp"

namespace nexpo {
namespace {

std::optional<std::string> shown(Value value, bool personal) {
  if (!value.present()) return std::nullopt;
  return std::string(personal ? kMasked : value.view());
}

class PreviewPass {
 public:
  PreviewPass(const PassContext& context, const SyncPlan& plan, size_t samples_max, EffectSink* effects)
      : context_(context), plan_(plan), samples_max_(samples_max), effects_(effects) {}

  Task<PreviewReport> run(Source& source, RunRequest request) {
    const SyncState state = co_await context_.store.load(plan_.sync_id);
    out_.mode = mode_of(state, plan_, request);
    sweeping_ = out_.mode == "full" && plan_.deletes != DeletePolicy::ignore;
    if (context_.writer) key_slot_ = key_slot_of(plan_.mapping->target_fields(), context_.writer->key_field());
    ReadPlan read;
    read.object = plan_.source_object;
    read.paths = plan_.mapping->source_paths();
    read.page_records_max = plan_.limits.page_records_max;
    read.incremental = out_.mode == "incremental";
    read.deletions = plan_.deletes != DeletePolicy::ignore;
    if (read.incremental) out_.from = state.cursor;
    read.from = out_.from;
    const std::unique_ptr<Reader> reader = co_await source.read(std::move(read));
    co_await read_pages(*reader);
    if (sweeping_ && reader->complete()) co_await sweep();
    co_return std::move(out_);
  }

 private:
  Task<> read_pages(Reader& reader) {
    PageFeed feed(context_, plan_, reader);
    std::exception_ptr thrown;
    try {
      for (bool last = false; !last && !context_.stop.cancelled();) {
        const MappedPage page = co_await feed.next();
        last = page.last;
        co_await look_at(page);
      }
    } catch (...) {
      thrown = std::current_exception();
    }
    co_await feed.close();
    if (thrown) std::rethrow_exception(thrown);
  }

  Task<> look_at(const MappedPage& page) {
    const RecordBatch& mapped = page.mapped.records;
    out_.counts.read += page.source.size();
    for (const Rejection& reason : page.mapped.rejections) {
      ++out_.counts.rejected;
      sample(page.source.head(reason.row).key, "reject",
             {{reason.field, std::nullopt, told(reason.message, page.source.row(reason.row))}});
    }
    if (sweeping_)
      for (size_t row = 0; row < page.source.size(); ++row)
        seen_.insert(std::hash<std::string_view>{}(page.source.head(row).key));
    if (mapped.empty()) co_return;

    std::vector<std::string_view> keys;
    for (size_t row = 0; row < mapped.size(); ++row) keys.push_back(mapped.head(row).key);
    const auto links = co_await context_.store.links(plan_.sync_id, std::move(keys));
    RecordBatch now;
    CurrentFingerprints current;
    std::unordered_map<std::string_view, size_t> row_now;
    if (context_.writer) {
      now = co_await fetch_changed(page, links);
      std::vector<Fingerprint> fingerprints;
      for (size_t row = 0; row < now.size(); ++row) fingerprints.push_back(fingerprint_of(now.row(row)));
      if (context_.personal) context_.personal->shield(fingerprints);
      for (size_t row = 0; row < now.size(); ++row) {
        current[std::string(now.head(row).key)] = fingerprints[row];
        row_now[now.head(row).key] = row;
      }
    }
    std::vector<std::optional<std::string>> holders;
    if (context_.writer && !plan_.key_is_identity) {
      const std::vector<Fingerprint> claims = claims_of(mapped, key_slot_, context_.personal);
      holders = co_await holders_of(context_.store, plan_.sync_id, mapped, claims, links);
    }
    const DecideInput input{mapped,   page.fingerprints, links,
                            &current, key_slot_,         holders.empty() ? nullptr : &holders};
    const std::vector<Decision> decisions = decide(plan_.strategy, plan_.deletes, input);
    for (size_t row = 0; row < decisions.size(); ++row) {
      const auto found = row_now.find(mapped.row(row)[key_slot_].view());
      const bool changes = count(mapped, row, decisions[row].action, now,
                                 found == row_now.end() ? std::nullopt : std::optional(found->second));
      if (effects_.wanted()) note(input, row, decisions[row].action, changes);
    }
    co_await effects_.hand_over();
  }

  /// `changes`: the target does not have these values yet.
  void note(const DecideInput& input, size_t row, Action action, bool changes) {
    using Kind = PlannedEffect::Kind;
    const std::string_view key = input.mapped.head(row).key;
    if (action == Action::remove || action == Action::unlink)
      return effects_.add(key,
                          {action == Action::remove ? Kind::remove : Kind::unlink, input.links[row]->fingerprint, {}});
    const Value target_key = input.mapped.row(row)[key_slot_];
    if ((action != Action::adopt && action != Action::write) || !target_key.present()) return;
    const auto now = input.current->find(std::string(target_key.view()));
    effects_.add(key, {changes ? Kind::write : Kind::link, input.fingerprints[row],
                       now == input.current->end() ? Fingerprint() : now->second});
  }

  Task<RecordBatch> fetch_changed(const MappedPage& page, const std::vector<std::optional<Link>>& links) {
    std::vector<std::string> keys;
    for (size_t row = 0; row < page.mapped.records.size(); ++row) {
      const Value key = page.mapped.records.row(row)[key_slot_];
      const bool agreed =
          links[row] && links[row]->pending.empty() && links[row]->fingerprint == page.fingerprints[row];
      if (key.present() && !agreed) keys.emplace_back(key.view());
    }
    if (keys.empty()) co_return RecordBatch();
    co_return co_await context_.writer->fetch(std::move(keys));
  }

  /// Gives whether a field of the target would change.
  bool count(const RecordBatch& mapped, size_t row, Action action, const RecordBatch& now,
             std::optional<size_t> row_now) {
    switch (action) {
      case Action::write: return count_write(mapped, row, now, row_now);
      case Action::remove:
        ++out_.counts.deleted;
        sample(mapped.head(row).key, "delete", {});
        return true;
      case Action::unlink:
      case Action::filter: ++out_.counts.filtered; return false;
      case Action::unchanged:
      case Action::adopt: ++out_.counts.unchanged; return false;
      case Action::yield:
      case Action::supersede: ++out_.counts.superseded; return false;
      case Action::collide: ++out_.counts.rejected; return false;
    }
    return false;
  }

  bool count_write(const RecordBatch& mapped, size_t row, const RecordBatch& now, std::optional<size_t> row_now) {
    if (context_.writer && !mapped.row(row)[key_slot_].present()) {
      ++out_.counts.rejected;
      return false;
    }
    std::vector<FieldDifference> fields;
    for (size_t slot = 0; slot < mapped.slots(); ++slot) {
      const Value to = mapped.row(row)[slot];
      const Value from = row_now ? now.row(*row_now)[slot] : Value();
      if (!to.is(ValueKind::unset) && !same_value(from, to))
        fields.push_back({(*mapped.shape())[slot], shown(from, is_personal(slot)), shown(to, is_personal(slot))});
    }
    if (row_now && fields.empty()) {
      ++out_.counts.unchanged;
      return false;
    }
    ++(row_now ? out_.counts.updated : out_.counts.created);
    sample(mapped.head(row).key, row_now ? "update" : "create", std::move(fields));
    return true;
  }

  Task<> sweep() {
    constexpr int64_t kNoRun = 0;  // no run has this number, so every link counts as not seen by it
    std::string after;
    for (;;) {
      const auto links = co_await context_.store.unseen(plan_.sync_id, kNoRun, after, plan_.limits.page_records_max);
      if (links.empty()) co_return;
      for (const StateStore::Unseen& one : links) {
        if (seen_.contains(std::hash<std::string_view>{}(one.source_key))) continue;
        ++out_.counts.read;
        using Kind = PlannedEffect::Kind;
        const bool unlink = plan_.deletes == DeletePolicy::unlink;
        effects_.add(one.source_key, {unlink ? Kind::unlink : Kind::remove, one.link.fingerprint, {}});
        if (unlink) {
          ++out_.counts.filtered;
          continue;
        }
        ++out_.counts.deleted;
        sample(one.source_key, "delete", {});
      }
      co_await effects_.hand_over();
      after = links.back().source_key;
    }
  }

  bool is_personal(size_t slot) const { return context_.personal && context_.personal->is_personal(slot); }
  std::string told(const std::string& message, std::span<const Value> source_row) const {
    return context_.personal ? context_.personal->masked(message, source_row, {}) : message;
  }

  void sample(std::string_view key, std::string action, std::vector<FieldDifference> fields) {
    if (out_.differences.size() < samples_max_)
      out_.differences.push_back({std::string(key), std::move(action), std::move(fields)});
  }

  const PassContext& context_;
  const SyncPlan& plan_;
  size_t samples_max_;
  EffectPages effects_;
  size_t key_slot_ = 0;
  bool sweeping_ = false;
  std::unordered_set<size_t> seen_;
  PreviewReport out_;
};

}  // namespace

Task<PreviewReport> preview(const PassContext& context, const SyncPlan& plan, Source& source, RunRequest request,
                            size_t samples_max, EffectSink* effects) {
  if (plan.reconciliation) co_return co_await preview_two_way(context, plan, request, samples_max, effects);
  PreviewPass pass(context, plan, samples_max, effects);
  co_return co_await pass.run(source, request);
}

}  // namespace nexpo

#include "sync/page_step.hpp"

#include <utility>

#include <fmt/format.h>

#include "record/json.hpp"

namespace nexpo {
namespace {

/// Rows of `from` as a batch of their own; views stay valid with `from`.
RecordBatch pick_rows(const RecordBatch& from, const std::vector<size_t>& rows) {
  RecordBatch out(from.shape(), from.arena());
  out.reserve(rows.size());
  for (size_t row : rows) {
    const std::span<Value> cells = out.add(from.head(row));
    std::copy(from.row(row).begin(), from.row(row).end(), cells.begin());
  }
  return out;
}

}  // namespace

/// Builds one settled page, step by step.
class PageStep::Body {
 public:
  Body(const RunContext& context, MappedPage page) : context_(context) {
    out_.page = std::move(page);
    if (!context_.plan.key_is_identity) claims_ = claims_of(mapped(), context_.key_slot, context_.pass.personal);
  }

  const RecordBatch& source() const { return out_.page.source; }
  const std::vector<Fingerprint>& claims() const { return claims_; }

  Task<> prepare() {
    const PhaseTimer timer(context_.pass.clock, context_.pass.phases, &Phases::decide);
    out_.counts.read = out_.page.source.size();
    if (context_.planned)
      for (size_t row = 0; row < source().size(); ++row) context_.planned->meet(source().head(row).key);
    keep_mapping_rejections();
    co_await look_up_links();
    co_await decide_rows();
  }

  std::vector<LinkWrite> intents() const {
    std::vector<LinkWrite> intents;
    intents.reserve(writes_.size() + removals_.size());
    for (size_t row : writes_) intents.push_back(intent_of(row));
    for (size_t row : removals_) intents.push_back(intent_of(row));
    return intents;
  }

  Task<SettledPage> settle(int64_t intent) {
    const PhaseTimer timer(context_.pass.clock, context_.pass.phases, &Phases::write);
    out_.intent = intent;
    co_await write_rows();
    co_await remove_rows();
    co_await note_shadows();
    co_return std::move(out_);
  }

 private:
  const RecordBatch& mapped() const { return out_.page.mapped.records; }
  Value key_cell(size_t row) const { return mapped().row(row)[context_.key_slot]; }

  /// `cells`: the row as it was mapped, if it was.
  void reject(size_t source_row, Rejection reason, std::span<const Value> cells = {}) {
    const PersonalData* personal = context_.pass.personal;
    const RowHead& head = out_.page.source.head(source_row);
    RejectedRecord record;
    record.source_key = head.key;
    record.version = head.version;
    record.removal = head.op == RecordOp::remove;
    if (personal) {
      record.original = personal->original_of(out_.page.source, source_row);
      reason.message = personal->masked(std::move(reason.message), out_.page.source.row(source_row), cells);
    } else {
      append_json_row(record.original, out_.page.source, source_row);
    }
    record.reason = std::move(reason);
    out_.rejected.push_back(std::move(record));
    ++out_.counts.rejected;
    if (context_.mark_seen && head.op == RecordOp::upsert) out_.seen.push_back(head.key);
  }

  void keep_mapping_rejections() {
    for (Rejection& reason : out_.page.mapped.rejections) {
      const size_t source_row = reason.row;
      reject(source_row, std::move(reason));
    }
  }

  Task<> look_up_links() {
    std::vector<std::string_view> keys;
    keys.reserve(mapped().size());
    for (size_t row = 0; row < mapped().size(); ++row) keys.push_back(mapped().head(row).key);
    if (keys.empty()) co_return;
    out_.known = co_await context_.pass.store.links(context_.plan.sync_id, std::move(keys));
    if (!claims_.empty())
      holders_ = co_await holders_of(context_.pass.store, context_.plan.sync_id, mapped(), claims_, out_.known);
  }

  Task<> decide_rows() {
    const DecideInput input{mapped(),  out_.page.fingerprints, out_.known,
                            &current_, context_.key_slot,      claims_.empty() ? nullptr : &holders_};
    std::vector<std::string> keys;
    for (size_t row : needs_current(context_.plan.strategy, input))
      if (key_cell(row).present()) keys.emplace_back(key_cell(row).view());
    if (!keys.empty()) co_await fetch_current(std::move(keys), current_);

    decisions_ = decide(context_.plan.strategy, context_.plan.deletes, input);
    if (context_.planned) co_await keep_planned(*context_.planned);
    int64_t changes = 0;
    for (size_t row = 0; row < decisions_.size(); ++row) {
      changes += decisions_[row].changes_linked;
      settle_decided(row, decisions_[row].action);
    }
    context_.breaker.pass(changes);
  }

  /// Of a plan that is applied: what is no more as it was then is left alone, as is what it did not hold.
  Task<> keep_planned(const PlanEffects& planned) {
    std::vector<size_t> to_compare;
    std::vector<std::string> keys;
    for (size_t row = 0; row < decisions_.size(); ++row) {
      if (!changes_anything(decisions_[row].action)) continue;
      const PlannedEffect* effect = planned.find(mapped().head(row).key);
      if (!effect || !is_planned(row, *effect)) {
        decisions_[row] = {Action::supersede};
      } else if (mapped().head(row).op == RecordOp::upsert && key_cell(row).present()) {
        to_compare.push_back(row);
        keys.emplace_back(key_cell(row).view());
      }
    }
    if (keys.empty()) co_return;
    CurrentFingerprints now;
    co_await fetch_current(std::move(keys), now);
    for (size_t row : to_compare) {
      const PlannedEffect& effect = *planned.find(mapped().head(row).key);
      const auto found = now.find(std::string(key_cell(row).view()));
      const Fingerprint current = found == now.end() ? Fingerprint() : found->second;
      // What an apply that crashed may have written itself is no change of somebody else.
      const bool in_doubt = out_.known[row] && out_.known[row]->pending == out_.page.fingerprints[row];
      if (current != effect.current && !in_doubt)
        decisions_[row] = {Action::supersede};
      else if (effect.kind == PlannedEffect::Kind::link)
        decisions_[row] = {Action::adopt};
    }
  }

  static bool changes_anything(Action action) {
    return action == Action::write || action == Action::adopt || action == Action::yield || action == Action::remove ||
           action == Action::unlink;
  }

  /// The same action on the same values. What the target holds is compared afterwards.
  bool is_planned(size_t row, const PlannedEffect& effect) const {
    using Kind = PlannedEffect::Kind;
    const Action action = decisions_[row].action;
    if (action == Action::remove || action == Action::unlink)
      return effect.kind == (action == Action::remove ? Kind::remove : Kind::unlink) &&
             effect.values == out_.known[row]->fingerprint;
    return action != Action::yield && (effect.kind == Kind::write || effect.kind == Kind::link) &&
           effect.values == out_.page.fingerprints[row];
  }

  /// Target values are compared through the mapping's own cells, so both sides are fingerprinted alike.
  Task<> fetch_current(std::vector<std::string> keys, CurrentFingerprints& into) {
    auto fetch = [this, &keys] { return context_.pass.writer->fetch(keys); };
    const RecordBatch now = co_await with_retry(context_.pass.clock, context_.plan.retry, context_.pass.abort, fetch);
    std::vector<Fingerprint> fingerprints;
    for (size_t row = 0; row < now.size(); ++row) fingerprints.push_back(fingerprint_of(now.row(row)));
    if (context_.pass.personal) context_.pass.personal->shield(fingerprints);
    for (size_t row = 0; row < now.size(); ++row) into[std::string(now.head(row).key)] = fingerprints[row];
  }

  void settle_decided(size_t row, Action action) {
    const std::string_view key = mapped().head(row).key;
    switch (action) {
      case Action::write:
        if (key_cell(row).present()) {
          writes_.push_back(row);
        } else {
          reject(out_.page.mapped.source_row[row], {.code = "key_missing",
                                                    .message = "the field that records are matched by has no value",
                                                    .field = (*mapped().shape())[context_.key_slot]});
        }
        return;
      case Action::remove: removals_.push_back(row); return;
      case Action::unlink:
        out_.unlinked.push_back(key);
        ++out_.counts.filtered;
        return resolve(key);
      case Action::filter: ++out_.counts.filtered; return;
      case Action::supersede: ++out_.counts.superseded; return;
      case Action::collide: return reject_collision(row);
      case Action::unchanged:
        ++out_.counts.unchanged;
        see(row);
        return resolve(key);
      case Action::adopt: ++out_.counts.unchanged; return link(row, {});
      case Action::yield: ++out_.counts.superseded; return link(row, {});
    }
  }

  /// Tried again by later runs: the other record may have gone by then, or have another key.
  void reject_collision(size_t row) {
    const bool held = !holders_.empty() && holders_[row];
    const std::string other =
        held ? fmt::format("the record \"{}\" of the source", *holders_[row]) : "another record of the same page";
    reject(out_.page.mapped.source_row[row],
           {.code = "duplicate_key",
            .message = fmt::format("{} has the key \"{}\" too", other, key_cell(row).view()),
            .field = (*mapped().shape())[context_.key_slot],
            .retryable = true},
           mapped().row(row));
  }

  Fingerprint claim_of(size_t row) const { return claims_.empty() ? Fingerprint() : claims_[row]; }
  /// Its key in the target is another one than when it was linked.
  bool has_moved(size_t row) const {
    return !claims_.empty() && out_.known[row] && !out_.known[row]->claim.empty() &&
           out_.known[row]->claim != claims_[row];
  }

  LinkWrite intent_of(size_t row) const {
    const std::string_view source_key = mapped().head(row).key;
    const std::string_view target_key = out_.known[row] ? out_.known[row]->target_key : key_cell(row).view();
    const auto now = current_.find(std::string(key_cell(row).view()));
    return {source_key,
            target_key == source_key ? std::string_view() : target_key,
            out_.page.fingerprints[row],
            now == current_.end() ? Fingerprint() : now->second,
            {},
            claim_of(row)};
  }

  Task<> write_rows() {
    if (writes_.empty()) co_return;
    const bool all = writes_.size() == mapped().size();
    const RecordBatch picked = all ? RecordBatch() : pick_rows(mapped(), writes_);
    const RecordBatch& batch = all ? mapped() : picked;
    int attempts = 0;
    auto write = [this, &batch, &attempts] {
      ++attempts;
      return context_.pass.writer->write(batch);
    };
    auto written = co_await attempt(with_retry(context_.pass.clock, context_.plan.retry, context_.pass.abort, write));
    if (written.index() == 1) throw masked(std::get<1>(written), batch);
    BatchReceipt receipt = std::get<0>(std::move(written));
    keep_doubts(receipt, attempts > 1);
    take(std::move(receipt), writes_);
  }

  /// A system that refuses a whole batch may quote any record of it.
  Error masked(const Error& error, const RecordBatch& batch) const {
    const PersonalData* personal = context_.pass.personal;
    if (!personal || !personal->marked()) return error;
    std::string message = error.message();
    for (size_t row = 0; row < batch.size(); ++row) message = personal->masked(std::move(message), {}, batch.row(row));
    Error told = Error(error.kind(), std::move(message), error.retry_after()).with_code(error.code());
    told = std::move(told).with_field(error.field());
    return error.outcome_unknown() ? std::move(told).with_unknown_outcome() : told;
  }

  /// A record that is refused on a repeat may have been taken by the attempt whose answer was lost.
  void keep_doubts(const BatchReceipt& receipt, bool repeated) {
    for (const Rejection& reason : receipt.rejections) {
      if (!repeated && !reason.in_doubt) continue;
      const size_t row = writes_.at(reason.row);
      LinkWrite doubt = intent_of(row);
      doubt.pending = std::exchange(doubt.fingerprint, out_.known[row] ? out_.known[row]->fingerprint : Fingerprint());
      if (out_.known[row] && doubt.shadow.empty()) doubt.shadow = out_.known[row]->shadow;
      doubt.claim = claim_of(row);
      if (!out_.known[row]) ++out_.newly_linked;
      out_.links.push_back(doubt);
    }
  }

  Task<> remove_rows() {
    if (removals_.empty()) co_return;
    RecordBatch keys(mapped().shape(), mapped().arena());
    for (size_t row : removals_) {
      const std::string& target_key = out_.known[row]->target_key;
      RowHead head = mapped().head(row);
      if (!target_key.empty()) head.key = target_key;  // empty: same as the source key
      keys.add(head);
    }
    const DeleteKind kind = context_.plan.deletes == DeletePolicy::soft ? DeleteKind::soft : DeleteKind::hard;
    auto remove = [this, &keys, kind] { return context_.pass.writer->remove(keys, kind); };
    BatchReceipt receipt = co_await with_retry(context_.pass.clock, context_.plan.retry, context_.pass.abort, remove);
    take(std::move(receipt), removals_);
  }

  /// Books a receipt: rows[i] is the mapped row that receipt i is about.
  void take(BatchReceipt receipt, const std::vector<size_t>& rows) {
    if (receipt.receipts.size() != rows.size())
      throw Error(ErrorKind::internal, "the target gave a receipt for another number of records than it was sent");
    for (Rejection& reason : receipt.rejections) {
      const size_t row = rows.at(reason.row);
      reject(out_.page.mapped.source_row[row], std::move(reason), mapped().row(row));
    }
    receipt.rejections.clear();
    out_.receipts.push_back(std::move(receipt));
    const std::vector<Receipt>& receipts = out_.receipts.back().receipts;
    for (size_t i = 0; i < rows.size(); ++i) book(rows[i], receipts[i]);
  }

  void book(size_t row, const Receipt& receipt) {
    switch (receipt.outcome) {
      case Outcome::rejected: return;
      case Outcome::deleted:
        ++out_.counts.deleted;
        out_.unlinked.push_back(mapped().head(row).key);
        return resolve(mapped().head(row).key);
      case Outcome::created: ++out_.counts.created; break;
      case Outcome::updated: ++out_.counts.updated; break;
      case Outcome::unchanged: ++out_.counts.unchanged; break;
    }
    link(row, receipt.target_key);
  }

  void link(size_t row, std::string_view target_key) {
    const std::string_view source_key = mapped().head(row).key;
    if (target_key.empty() && out_.known[row] && !has_moved(row)) target_key = out_.known[row]->target_key;
    if (target_key.empty()) target_key = key_cell(row).view();
    if (target_key == source_key) target_key = {};  // most links are between equal keys: they cost no second text
    if (!out_.known[row] || out_.known[row]->fingerprint.empty()) ++out_.newly_linked;
    out_.links.push_back({source_key, target_key, out_.page.fingerprints[row], {}, {}, claim_of(row)});
    linked_.push_back({out_.links.size() - 1, row});
    resolve(source_key);
  }

  /// target_wins tells its own writes from a person's edits by what the target returned after them.
  Task<> note_shadows() {
    if (context_.plan.strategy != Strategy::target_wins || linked_.empty()) co_return;
    std::vector<std::string> keys;
    keys.reserve(linked_.size());
    for (const auto& [link, row] : linked_) keys.emplace_back(key_cell(row).view());
    CurrentFingerprints after;
    co_await fetch_current(std::move(keys), after);
    for (const auto& [link, row] : linked_) {
      const auto found = after.find(std::string(key_cell(row).view()));
      if (found != after.end()) out_.links[link].shadow = found->second;
    }
  }

  void see(size_t row) {
    if (context_.mark_seen && out_.known[row]) out_.seen.push_back(mapped().head(row).key);
  }
  void resolve(std::string_view key) {
    if (context_.track_resolved) out_.resolved.push_back(key);
  }

  const RunContext& context_;
  SettledPage out_;
  CurrentFingerprints current_;
  std::vector<Fingerprint> claims_;                  // one per mapped row, or none
  std::vector<std::optional<std::string>> holders_;  // likewise
  std::vector<Decision> decisions_;
  std::vector<size_t> writes_, removals_;
  std::vector<std::pair<size_t, size_t>> linked_;  // place in out_.links, mapped row
};

PageStep::PageStep(const RunContext& context, MappedPage page)
    : body_(std::make_unique<Body>(context, std::move(page))) {}
PageStep::~PageStep() = default;
const RecordBatch& PageStep::source() const { return body_->source(); }
const std::vector<Fingerprint>& PageStep::claims() const { return body_->claims(); }
Task<> PageStep::prepare() { return body_->prepare(); }
std::vector<LinkWrite> PageStep::intents() const { return body_->intents(); }
Task<SettledPage> PageStep::settle(int64_t intent) { return body_->settle(intent); }

}  // namespace nexpo

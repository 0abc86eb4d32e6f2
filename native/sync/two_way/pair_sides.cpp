#include "sync/two_way/pair_sides.hpp"

#include <algorithm>
#include <unordered_set>

#include "sync/map_rows.hpp"
#include "sync/retry.hpp"

namespace nexpo {
namespace {

/// Cells of `from` by the names of `shape`; a name that `from` has not is unset.
RecordBatch with_shape(const RecordBatch& from, const Shape& shape) {
  std::vector<size_t> slots;
  for (const std::string& name : *shape)
    slots.push_back(static_cast<size_t>(std::ranges::find(*from.shape(), name) - from.shape()->begin()));
  RecordBatch out(shape, from.arena());
  out.reserve(from.size());
  for (size_t row = 0; row < from.size(); ++row) {
    const std::span<Value> cells = out.add(from.head(row));
    for (size_t slot = 0; slot < slots.size(); ++slot)
      if (slots[slot] < from.slots()) cells[slot] = from.row(row)[slots[slot]];
  }
  return out;
}

SideRows as_read(RecordBatch records, std::vector<Rejection> unreadable) {
  SideRows out;
  out.rejections = std::move(unreadable);
  std::vector<bool> refused(records.size());
  for (const Rejection& one : out.rejections) refused[one.row] = true;
  out.rows = RecordBatch(records.shape(), records.arena());
  for (size_t row = 0; row < records.size(); ++row) {
    if (refused[row]) continue;
    const std::span<Value> cells = out.rows.add(records.head(row));
    std::ranges::copy(records.row(row), cells.begin());
    out.original_row.push_back(row);
  }
  out.original = std::move(records);
  return out;
}

}  // namespace

PairSides::PairSides(const PassContext& context, const SyncPlan& plan, const Reconciliation& both)
    : context_(context), plan_(plan), both_(both) {}

const std::vector<std::string>& PairSides::paths(Side side) const {
  return side == Side::source ? plan_.mapping->source_paths() : *fields();
}

Task<SideRows> PairSides::mapped(Side side, Page page) const {
  const PhaseTimer timer(context_.clock, context_.phases, &Phases::map);
  if (side == Side::target) co_return as_read(std::move(page.records), std::move(page.unreadable));
  SideRows out;
  MappedBatch mapped = co_await map_rows(context_, *plan_.mapping, page.records, std::move(page.unreadable));
  out.rows = std::move(mapped.records);
  out.original_row = std::move(mapped.source_row);
  out.rejections = std::move(mapped.rejections);
  out.original = std::move(page.records);
  co_return out;
}

Task<SideRows> PairSides::fetch(Side side, bool by_match, std::vector<std::string> keys) const {
  Page page;
  page.records = RecordBatch(std::make_shared<const std::vector<std::string>>(paths(side)), std::make_shared<Arena>());
  if (!keys.empty()) {
    FetchPlan plan{object_of(side), paths(side), {}};
    plan.editors = true;
    if (by_match) plan.key_field = side == Side::source ? both_.match_source : (*fields())[both_.match_slot];
    auto fetch = [this, side, &plan, &keys] { return source_of(side).fetch(plan, keys); };
    page.records = co_await with_retry(context_.clock, plan_.retry, context_.abort, fetch);
  }
  co_return co_await mapped(side, std::move(page));
}

Task<SideRows> PairSides::now(Side side, std::vector<std::string> identities) const {
  std::vector<std::string> keys = identities;
  SideRows out = co_await fetch(side, false, std::move(keys));
  std::unordered_set<std::string_view> there;
  for (size_t row = 0; row < out.original.size(); ++row) there.insert(out.original.head(row).key);
  for (const std::string& key : identities) {
    if (!there.insert(key).second) continue;
    RowHead head;
    head.key = out.rows.arena()->copy(key);
    head.op = RecordOp::remove;
    out.original_row.push_back(out.original.size());
    out.original.add(head);
    out.rows.add(head);
  }
  co_return out;
}

RecordBatch PairSides::back_mapped(const RecordBatch& batch, const RecordBatch& whole, SideReceipt& refused,
                                   std::vector<size_t>& sent) const {
  const MappingPlan& back = *both_.back;
  MappedBatch mapped =
      back.apply(with_shape(whole, std::make_shared<const std::vector<std::string>>(back.source_paths())));
  for (Rejection& reason : mapped.rejections) refused.rejections.push_back(std::move(reason));
  for (size_t i = 0; i < mapped.records.size(); ++i) {
    const size_t row = mapped.source_row[i];
    sent.push_back(row);
    for (size_t slot = 0; slot < both_.back_slots.size(); ++slot)
      if (batch.row(row)[both_.back_slots[slot]].is(ValueKind::unset)) mapped.records.row(i)[slot] = Value();
  }
  return std::move(mapped.records);
}

Task<SideReceipt> PairSides::write(Side side, RecordBatch batch, RecordBatch whole) const {
  SideReceipt out;
  out.receipts.resize(batch.size(), {Outcome::rejected, ""});
  std::vector<size_t> sent;
  RecordBatch rows;
  if (side == Side::source) {
    rows = back_mapped(batch, whole, out, sent);
  } else {
    rows = std::move(batch);
    for (size_t row = 0; row < rows.size(); ++row) sent.push_back(row);
  }
  if (rows.empty()) co_return out;
  Writer& writer = side == Side::source ? *both_.source_writer : *context_.writer;
  int attempts = 0;
  auto write = [&writer, &rows, &attempts] {
    ++attempts;
    return writer.write(rows);
  };
  BatchReceipt receipt = co_await with_retry(context_.clock, plan_.retry, context_.abort, write);
  for (size_t i = 0; i < sent.size(); ++i) out.receipts[sent[i]] = std::move(receipt.receipts.at(i));
  for (Rejection& reason : receipt.rejections) {
    reason.row = sent.at(reason.row);
    reason.in_doubt = reason.in_doubt || attempts > 1;
    out.rejections.push_back(std::move(reason));
  }
  co_return out;
}

Task<SideReceipt> PairSides::remove(Side side, RecordBatch keys) const {
  SideReceipt out;
  if (keys.empty()) co_return out;
  Writer& writer = side == Side::source ? *both_.source_writer : *context_.writer;
  const DeleteKind kind = plan_.deletes == DeletePolicy::soft ? DeleteKind::soft : DeleteKind::hard;
  auto remove = [&writer, &keys, kind] { return writer.remove(keys, kind); };
  BatchReceipt receipt = co_await with_retry(context_.clock, plan_.retry, context_.abort, remove);
  out.receipts = std::move(receipt.receipts);
  out.rejections = std::move(receipt.rejections);
  co_return out;
}

}  // namespace nexpo

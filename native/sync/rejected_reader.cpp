#include "sync/rejected_reader.hpp"

#include <algorithm>

namespace nexpo {
namespace {

constexpr std::string_view kErasedCode = "key_erased";

/// Originals are flat objects whose members are named by whole paths, so each path is one quoted key.
std::vector<std::string> quoted(const std::vector<std::string>& paths) {
  std::vector<std::string> keys;
  for (const std::string& path : paths) {
    std::string key = "\"";
    for (char c : path) {
      if (c == '"' || c == '\\') key += '\\';
      key += c;
    }
    keys.push_back(key + '"');
  }
  return keys;
}

}  // namespace

RejectedReader::RejectedReader(StateStore& store, std::string sync_id, const std::vector<std::string>& paths,
                               bool retryable_only, int page_records_max, const PersonalData* personal, int64_t only)
    : store_(store),
      sync_id_(std::move(sync_id)),
      shape_(std::make_shared<std::vector<std::string>>(paths)),
      selection_(quoted(paths)),
      retryable_only_(retryable_only),
      page_records_max_(only == 0 ? page_records_max : 1),
      personal_(personal),
      only_(only),
      after_(std::max<int64_t>(only - 1, 0)) {}

Task<Page> RejectedReader::next() {
  std::vector<RejectedRecord> kept =
      co_await store_.rejected(sync_id_, Side::source, retryable_only_, after_, page_records_max_);
  if (only_ != 0) std::erase_if(kept, [this](const RejectedRecord& record) { return record.id != only_; });
  Page page;
  page.records = RecordBatch(shape_, std::make_shared<Arena>());
  for (RejectedRecord& record : kept) add(std::move(record), page);
  page.last = only_ != 0 || kept.size() < static_cast<size_t>(page_records_max_);
  co_return page;
}

void RejectedReader::add(RejectedRecord record, Page& page) {
  Arena& arena = *page.records.arena();
  RecordBatch decoded(selection_.shape(), page.records.arena());
  const auto decode = [&](std::string_view text) {
    std::string padded;
    padded.reserve(text.size() + 64);  // room for the parser's look-ahead
    padded = text;
    decoder_.decode_record(arena.adopt(std::move(padded)), selection_, decoded);
  };
  const KeptOriginal kept = KeptOriginal::parse(record.original);
  decode(kept.plain);
  RowHead head;
  head.key = arena.copy(record.source_key);
  head.version = arena.copy(record.version);
  head.op = record.removal ? RecordOp::remove : RecordOp::upsert;
  const std::span<Value> cells = page.records.add(head);
  std::copy(decoded.row(0).begin(), decoded.row(0).end(), cells.begin());
  after_ = record.id;
  if (kept.sealed.empty()) return;

  const std::optional<Secret> personal = personal_ ? personal_->open(kept.sealed) : std::nullopt;
  if (personal) decode(personal->reveal());
  for (size_t slot = 0; slot < cells.size(); ++slot) {
    const bool hidden = cells[slot].is(ValueKind::text) && cells[slot].view() == kMasked;
    if (personal && !decoded.row(1)[slot].is(ValueKind::unset))
      cells[slot] = decoded.row(1)[slot];
    else if (!personal && hidden)
      cells[slot] = Value();
  }
  if (!personal)
    page.unreadable.push_back({page.records.size() - 1, std::string(kErasedCode),
                               "the key of this sync's personal data was erased, and with it what was kept of this "
                               "record; its next change in the source brings it again",
                               "", false});
}

}  // namespace nexpo

#include "engine/change_feed.hpp"

#include <algorithm>
#include <charconv>
#include <random>

#include <fmt/format.h>

#include "base/error.hpp"

namespace nexpo {
namespace {

constexpr std::string_view kCreatedDate = "CreatedDate";
constexpr int64_t kPageRecordsMax = 2'000;
/// A batch is full when another page might not fit: pages of a quarter leave it three quarters full at least.
constexpr int64_t kPagesOfBatch = 4;

std::string binding_of(const std::string& identity, const std::string& object) {
  const std::array<Value, 2> cells = {Value::text(identity), Value::text(object)};
  return fmt::format("{:02x}", fmt::join(fingerprint_of(cells).bytes, ""));
}

std::string random_birth() {
  std::random_device random;
  return fmt::format("{:08x}{:08x}", random(), random());
}

/// The stamp of a version: what stands before "#2".
std::string_view stamp_of(std::string_view version) { return version.substr(0, version.rfind('#')); }

std::string next_edition(std::string_view version) {
  const size_t mark = version.rfind('#');
  int edition = 1;
  if (mark != version.npos) std::from_chars(version.data() + mark + 1, version.data() + version.size(), edition);
  return fmt::format("{}#{}", stamp_of(version), edition + 1);
}

/// A time as texts compare: one separator, no zone (all stamps of one system are of one zone).
std::string comparable(std::string_view stamp) {
  constexpr size_t kSeparatorAt = 10;
  constexpr size_t kTimeAt = 11;
  std::string text(stamp);
  if (text.size() > kSeparatorAt && text[kSeparatorAt] == ' ') text[kSeparatorAt] = 'T';
  const size_t zone = text.find_first_of("Z+-", std::min(kTimeAt, text.size()));
  if (zone != text.npos) text.resize(zone);
  if (const size_t point = text.find('.'); point != text.npos) {
    while (text.back() == '0') text.pop_back();
    if (text.back() == '.') text.pop_back();
  }
  return text;
}

/// First halves of both: digests of one list of fields can be compared, others say nothing of each other.
constexpr size_t kHalf = 8;

bool same_shape(const Fingerprint& a, const Fingerprint& b) {
  return std::equal(a.bytes.begin(), a.bytes.begin() + kHalf, b.bytes.begin());
}

}  // namespace

ChangeFeed::ChangeFeed(FeedStore& store, Workers& workers, Source& source, const Schema& schema,
                       const std::string& identity, Lease lease, FeedRequest request)
    : store_(store),
      workers_(workers),
      source_(source),
      schema_(schema),
      lease_(std::move(lease)),
      request_(std::move(request)),
      binding_(binding_of(identity, schema.object)),
      paths_(request_.fields),
      writer_(JsonRowWriter::for_javascript(std::make_shared<const std::vector<std::string>>(request_.fields))) {
  const bool read_only = std::ranges::none_of(schema_.fields, [](const FieldSchema& one) { return one.updatable; });
  std::vector<Value> names;
  for (size_t slot = 0; slot < paths_.size(); ++slot) {
    const FieldSchema* field = schema_.find(paths_[slot]);
    if (!field || !(read_only || field->updatable || field->creatable)) continue;
    digested_.push_back(slot);
    names.push_back(Value::text(paths_[slot]));
  }
  shape_digest_ = fingerprint_of(names);
  std::string created = request_.created_field;
  if (created.empty() && schema_.find(kCreatedDate)) created = kCreatedDate;
  if (created.empty()) return;
  created_ = static_cast<size_t>(std::ranges::find(paths_, created) - paths_.begin());
  if (*created_ == paths_.size()) paths_.push_back(created);
}

Task<std::string> ChangeFeed::next() {
  co_await load();
  Round round;
  do {
    round = co_await read();
    co_await keep(round);
  } while (round.count == 0 && !round.ended);
  const int64_t number = book_.offer ? book_.offer->number : book_.accepted;
  co_return fmt::format(R"({{"records":[{}],"token":"{}","more":{}}})", round.changes, book_.token(number),
                        !round.ended);
}

/// Takes up the feed where it stands, or begins it.
Task<> ChangeFeed::load() {
  const std::optional<FeedState> kept = co_await store_.load_feed(lease_.sync_id);
  if (kept) {
    book_ = FeedBook::parse(kept->state);
    settled_ = kept->settled;
    if (book_.binding != binding_)
      throw Error(ErrorKind::invalid, fmt::format("id: feed \"{}\" reads another object or system; give this one "
                                                  "another id, or forget that one",
                                                  request_.id))
          .with_field("id");
    if (request_.accept) co_await settle(*request_.accept);
    co_return;
  }
  book_.birth = random_birth();
  if (request_.accept) (void)book_.number_of(*request_.accept);  // a feed that was not begun has given no token
  book_.binding = binding_;
  if (request_.from_start) co_return;
  StartPoint start = co_await source_.start_at(request_.object, std::nullopt);
  book_.cursor = std::move(start.cursor);
  book_.start = std::move(start.stamp);
  book_.primed = false;
}

/// A token of an older batch says nothing of the one that was offered since: that one is read again.
Task<> ChangeFeed::settle(std::string token) {
  const int64_t number = book_.number_of(token);
  if (!book_.offer || number != book_.offer->number) co_return;
  const FeedBook::Offer taken = *book_.offer;
  book_.accepted = taken.number;
  book_.advance(taken.cursor, taken.ended);
  FeedCommit commit;
  commit.lease = lease_;
  commit.accept = true;
  if (taken.ended) commit.forget_below = book_.needed_from();
  commit.state = book_.text();
  settled_ = co_await store_.commit_feed(std::move(commit));
}

int ChangeFeed::page_records() const {
  return static_cast<int>(std::clamp<int64_t>(request_.limit / kPagesOfBatch, 1, kPageRecordsMax));
}

Task<std::unique_ptr<Reader>> ChangeFeed::open() {
  ReadPlan plan;
  plan.object = request_.object;
  plan.paths = paths_;
  plan.page_records_max = page_records();
  plan.incremental = true;
  plan.deletions = true;
  plan.from = book_.cursor;
  plan.records_wanted = request_.limit;
  auto opened = co_await attempt(source_.read(std::move(plan)));
  if (opened.index() == 0) co_return std::move(std::get<0>(opened));
  Error error = std::get<1>(opened);
  if (error.code() == "INVALID_REPLICATION_DATE")
    throw Error(error.kind(),
                "the feed was last read so long ago that deletions since then are not known any more; "
                "forget it and begin anew")
        .with_code(error.code());
  throw error;
}

Task<ChangeFeed::Round> ChangeFeed::read() {
  Round round;
  const std::unique_ptr<Reader> reader = co_await open();
  do {
    const Page page = co_await reader->next();
    std::vector<std::string_view> keys;
    for (size_t row = 0; row < page.records.size(); ++row) keys.push_back(page.records.head(row).key);
    std::vector<std::optional<FeedEntry>> entries;
    if (!keys.empty()) entries = co_await store_.feed_entries(lease_.sync_id, std::move(keys));
    auto work = [&] { take(page.records, entries, round); };
    co_await workers_.run(std::move(work));
    round.rows += page.records.size();
    round.cursor = page.next;
    round.ended = page.last;
  } while (!round.ended && round.count + page_records() <= request_.limit && round.rows < kFeedRowsAtOnce);
  co_return round;
}

void ChangeFeed::take(const RecordBatch& rows, const std::vector<std::optional<FeedEntry>>& entries, Round& round) {
  for (size_t row = 0; row < rows.size(); ++row) {
    const auto met = round.met.find(std::string(rows.head(row).key));
    const FeedEntry* known = met != round.met.end() ? &met->second : entries[row] ? &*entries[row] : nullptr;
    take_row(rows, row, known, round);
  }
}

void ChangeFeed::take_row(const RecordBatch& rows, size_t row, const FeedEntry* known, Round& round) {
  const RowHead& head = rows.head(row);
  FeedEntry entry;
  entry.key = head.key;
  entry.version = head.version;
  entry.gone = head.op == RecordOp::remove;
  entry.pass = book_.pass;
  if (!entry.gone) entry.digest = digest_of(rows.row(row));
  const bool same_stamp = known && !known->gone && !entry.gone && stamp_of(known->version) == head.version;
  // What is gone stays gone, whatever stamp it is told with: the feed of deletions has none, a table's mark may move.
  bool repeated = same_stamp || (known && known->gone && entry.gone);
  if (same_stamp && same_shape(known->digest, entry.digest)) repeated = known->digest == entry.digest;
  if (repeated) {
    if (same_stamp) entry.version = known->version;
  } else {
    if (same_stamp) entry.version = next_edition(known->version);
    const char* op = entry.gone ? "deleted" : !known && is_new(rows.row(row)) ? "created" : "updated";
    if (book_.primed) emit(rows, row, op, entry, round);
  }
  std::string key = entry.key;
  round.met.insert_or_assign(std::move(key), std::move(entry));
}

void ChangeFeed::emit(const RecordBatch& rows, size_t row, const char* op, const FeedEntry& entry, Round& round) {
  std::string& out = round.changes;
  if (round.count++ > 0) out += ',';
  out += R"({"op":")";
  out += op;
  out += R"(","id":)";
  append_json_string(out, entry.key);
  out += R"(,"version":)";
  append_json_string(out, entry.version);
  out += R"(,"fields":)";
  writer_.append(out, rows.row(row).first(request_.fields.size()));
  out += '}';
}

Fingerprint ChangeFeed::digest_of(std::span<const Value> cells) {
  digested_cells_.clear();
  for (const size_t slot : digested_) digested_cells_.push_back(cells[slot]);
  Fingerprint digest = fingerprint_of(digested_cells_);
  std::copy_n(shape_digest_.bytes.begin(), kHalf, digest.bytes.begin());
  return digest;
}

/// Made since the feed began, and not given out before. What was given out and then forgotten lies at or below
/// `settled`, its creation too: no change stamp is older than the creation of its record.
bool ChangeFeed::is_new(std::span<const Value> cells) const {
  if (!created_ || cells[*created_].view().empty()) return false;
  const std::string created = comparable(cells[*created_].view());
  return created >= comparable(book_.start) && (settled_.empty() || created > comparable(stamp_of(settled_)));
}

/// What nobody waits for is history at once: a caller that is given nothing has nothing to accept.
Task<> ChangeFeed::keep(Round& round) {
  std::vector<FeedEntry> met;
  met.reserve(round.met.size());
  for (auto& [key, entry] : round.met) met.push_back(std::move(entry));
  FeedCommit commit;
  commit.lease = lease_;
  if (round.count == 0) {
    book_.advance(round.cursor, round.ended);
    commit.known = std::move(met);
    if (round.ended) commit.forget_below = book_.needed_from();
  } else {
    book_.propose(round.cursor, round.ended);
    commit.offered = std::move(met);
  }
  commit.state = book_.text();
  settled_ = co_await store_.commit_feed(std::move(commit));
}

}  // namespace nexpo

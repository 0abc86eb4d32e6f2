#include "connectors/salesforce/deletions.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.hpp"
#include "connectors/salesforce/ids.hpp"
#include "http/url.hpp"
#include "record/json.hpp"

namespace nexpo::salesforce {

namespace {

IdText id_text(std::string_view id) {
  IdText text{};
  std::copy_n(id.begin(), std::min(id.size(), text.size()), text.begin());
  return text;
}

void sort_unique(std::vector<IdText>& ids) {
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
}

[[noreturn]] void refuse_expired(const std::string& object, std::string_view why) {
  throw Error(ErrorKind::invalid,
              fmt::format("salesforce: deletions of {} since the last run are not all known any more ({}); "
                          "run the sync in full once",
                          object, why))
      .with_code("INVALID_REPLICATION_DATE");
}

/// INVALID_REPLICATION_DATE: the window is out of the feed's reach, or its end lies in the future.
bool window_refused(const Error& error) { return error.code() == "INVALID_REPLICATION_DATE"; }

}  // namespace

DeletedFeed parse_deleted(std::string body) {
  auto arena = std::make_shared<Arena>();
  const std::string_view text = arena->adopt(std::move(body));
  const Selection wanted({"id"});
  RecordBatch rows(wanted.shape(), arena);
  const JsonDecoder::Envelope envelope = JsonDecoder().decode_page(text, "deletedRecords", wanted, rows);
  DeletedFeed feed;
  feed.earliest = parse_time(envelope.scalar("earliestDateAvailable"));
  feed.latest_covered = parse_time(envelope.scalar("latestDateCovered"));
  feed.ids.reserve(rows.size());
  for (size_t row = 0; row < rows.size(); ++row) {
    feed.ids.push_back(id_text(normal_id_or_same(rows.row(row)[0].view(), *arena)));
  }
  sort_unique(feed.ids);
  return feed;
}

std::string deleted_path(std::string_view object, const Window& window, bool whole_minute_up) {
  using std::chrono::minutes;
  const auto start = std::chrono::floor<minutes>(window.low.value());
  const auto end = whole_minute_up ? std::chrono::ceil<minutes>(window.high.value())
                                   : std::chrono::floor<minutes>(window.high.value());
  const std::string path = fmt::format("/sobjects/{}/deleted/", object);
  return http::with_query(path, {{"start", to_text(start)}, {"end", to_text(end)}});
}

DeletedReader::DeletedReader(std::shared_ptr<Org> org, std::string object, Shape slots, int page_rows,
                             ReadProgress progress, std::unique_ptr<Reader> first)
    : org_(std::move(org)),
      object_(std::move(object)),
      slots_(std::move(slots)),
      page_rows_(static_cast<size_t>(page_rows)),
      progress_(std::move(progress)),
      first_(std::move(first)) {
  progress_.stage = ReadProgress::Stage::deleted;
}

Task<Page> DeletedReader::next() {
  if (first_) {
    Page page = co_await first_->next();
    remember(page.records);
    if (page.last) {
      first_.reset();
      page.last = false;
      page.next = progress_.cursor();
    }
    co_return page;
  }
  if (!ids_) co_await load();
  co_return take_page();
}

void DeletedReader::remember(const RecordBatch& rows) {
  for (size_t row = 0; row < rows.size() && removed_.size() < kRemovedRememberedMax; ++row) {
    if (rows.head(row).op == RecordOp::remove) removed_.push_back(id_text(rows.head(row).key));
  }
}

/// One call for the window, or two for its halves where the feed has more ids than it gives at once.
Task<DeletedFeed> DeletedReader::fetch(Window window) {
  auto answer = co_await attempt(ask(window));
  if (answer.index() == 0) {
    auto parse = [&answer] { return parse_deleted(std::move(std::get<0>(answer).body)); };
    co_return co_await org_->workers().run(parse);
  }
  const Error& error = std::get<1>(answer);
  if (window_refused(error)) refuse_expired(object_, error.message());
  const auto half = (*window.high - *window.low) / 2;
  if (error.code() != "EXCEEDED_ID_LIMIT" || half < std::chrono::minutes(1)) throw error;
  Window early = {window.low, *window.low + half};
  Window late = {early.high, window.high};
  DeletedFeed feed = co_await fetch(early);
  DeletedFeed rest = co_await fetch(late);
  feed.latest_covered = rest.latest_covered;
  feed.ids.insert(feed.ids.end(), rest.ids.begin(), rest.ids.end());
  sort_unique(feed.ids);
  co_return feed;
}

Task<http::Response> DeletedReader::ask(Window window) {
  const std::string base = co_await org_->base();
  const std::string doing = "salesforce: deletions of " + object_;
  std::string path = base + deleted_path(object_, window, true);
  auto answer = co_await attempt(org_->get(std::move(path), doing));
  if (answer.index() == 0) co_return std::move(std::get<0>(answer));
  if (!window_refused(std::get<1>(answer))) throw std::get<1>(answer);
  std::string earlier = base + deleted_path(object_, window, false);
  co_return co_await org_->get(std::move(earlier), doing);
}

Task<> DeletedReader::load() {
  DeletedFeed feed = co_await fetch(progress_.window);
  if (feed.earliest && *feed.earliest > *progress_.window.low) {
    refuse_expired(object_, "the feed begins at " + to_text(*feed.earliest));
  }
  // A transaction that began before `next` and is still open will commit rows with stamps that lie behind it.
  const Seconds began = *progress_.window.high;
  if (feed.latest_covered && *feed.latest_covered < *progress_.next && began - *feed.latest_covered < kCoveredAgeMax) {
    progress_.next = feed.latest_covered;
  }
  std::sort(removed_.begin(), removed_.end());
  const IdText after = id_text(progress_.after_id);
  const auto told = [&](const IdText& id) {
    return id <= after || std::binary_search(removed_.begin(), removed_.end(), id);
  };
  feed.ids.erase(std::remove_if(feed.ids.begin(), feed.ids.end(), told), feed.ids.end());
  ids_ = std::move(feed.ids);
}

Page DeletedReader::take_page() {
  Page page;
  auto arena = std::make_shared<Arena>();
  page.records = RecordBatch(slots_, arena);
  const size_t count = std::min(page_rows_, ids_->size());
  page.records.reserve(count);
  for (size_t i = 0; i < count; ++i) {
    const IdText& id = (*ids_)[i];
    RowHead head;
    head.key = arena->copy({id.data(), id.size()});
    head.op = RecordOp::remove;
    page.records.add(head);
  }
  if (count > 0) progress_.after_id = page.records.head(count - 1).key;
  ids_->erase(ids_->begin(), ids_->begin() + static_cast<std::ptrdiff_t>(count));
  page.last = ids_->empty();
  page.next = page.last ? progress_.finished() : progress_.cursor();
  return page;
}

}  // namespace nexpo::salesforce

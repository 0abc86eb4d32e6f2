#include "connectors/salesforce/query_reader.hpp"

#include <algorithm>
#include <utility>

#include "base/error.hpp"

namespace nexpo::salesforce {

namespace {

/// Part of an answer as a page of its own. Each page gets an arena of its own, since pages are worked on side by side.
RecordBatch copy_rows(const RecordBatch& from, size_t first, size_t count) {
  RecordBatch rows(from.shape(), std::make_shared<Arena>());
  rows.arena()->keep(from.arena());
  rows.reserve(count);
  for (size_t row = first; row < first + count; ++row) {
    const std::span<Value> cells = rows.add(from.head(row));
    std::copy(from.row(row).begin(), from.row(row).end(), cells.begin());
  }
  return rows;
}

}  // namespace

QueryReader::QueryReader(std::shared_ptr<Org> org, Plan plan)
    : org_(std::move(org)), plan_(std::move(plan)), format_(plan_.columns, plan_.deleted_too) {
  plan_.progress.stage = ReadProgress::Stage::rows;
}

std::string QueryReader::statement() const {
  const Columns& columns = plan_.columns;
  const bool by_stamp = !plan_.full;
  Select select;
  select.object = columns.object;
  select.fields = columns.select_list(plan_.deleted_too);
  // Archived activities come with queryAll although they are not deleted.
  const bool hide_archived = plan_.deleted_too && columns.has_is_archived;
  const std::string bounds = by_stamp ? within(columns.stamp, plan_.progress.window) : "";
  const std::string rest = plan_.progress.at.id.empty() ? "" : behind(columns.stamp, plan_.progress.at);
  select.where = all_of({rest, bounds, hide_archived ? "IsArchived = false" : ""});
  select.order_by = by_stamp ? columns.stamp + " ASC, Id ASC" : "Id ASC";
  select.limit = plan_.statement_rows;
  return to_soql(select);
}

Task<http::Response> QueryReader::fetch() {
  std::string doing = "salesforce: query on " + plan_.columns.object;
  if (!more_.empty()) {
    auto rest = co_await attempt(org_->get(more_, doing));
    if (rest.index() == 0) co_return std::move(std::get<0>(rest));
    // The server has dropped its cursor. Nothing is lost: a statement of our own continues behind the last row.
    if (std::get<1>(rest).code() != "INVALID_QUERY_LOCATOR") throw std::get<1>(rest);
    more_.clear();
  }
  came_ = 0;
  std::string soql = statement();
  co_return co_await org_->query(std::move(soql), plan_.deleted_too, std::move(doing));
}

Task<Page> QueryReader::next() {
  if (given_ == fetched_.size()) {
    http::Response answer = co_await fetch();
    auto decode_body = [this, &answer] { decode(std::move(answer.body)); };
    auto decoded = co_await attempt(org_->workers().run(decode_body));
    // A body that makes no sense under a success status was damaged on its way.
    if (decoded.index() == 1) throw Error(ErrorKind::unavailable, std::get<1>(decoded).message());
  }
  co_return take_page();
}

/// Takes an answer in, or throws and leaves everything as it was, so that a repeat gives the same rows.
void QueryReader::decode(std::string body) {
  RecordBatch wide = format_.wide_batch();
  const std::string_view text = wide.arena()->adopt(std::move(body));
  JsonDecoder::Envelope envelope = decoder_.decode_page(text, "records", format_.selection(), wide);
  const bool done = envelope.scalar("done") != "false";
  const std::string_view more = envelope.scalar("nextRecordsUrl");
  if (!done && (more.empty() || wide.empty())) {
    throw Error(ErrorKind::unavailable, "salesforce: an answer says that more follows, but not where");
  }
  unreadable_.assign(std::make_move_iterator(envelope.unreadable.begin()),
                     std::make_move_iterator(envelope.unreadable.end()));
  fetched_ = format_.finish_json(wide);
  given_ = 0;
  more_ = more;
  came_ += fetched_.size();
  exhausted_ = done && came_ < static_cast<size_t>(plan_.statement_rows);
}

Page QueryReader::take_page() {
  const size_t count = std::min(fetched_.size() - given_, static_cast<size_t>(plan_.page_rows));
  Page page;
  if (count > 0) plan_.progress.at = format_.position_of(fetched_, given_ + count - 1, !plan_.full);
  for (; !unreadable_.empty() && unreadable_.front().row < given_ + count; unreadable_.pop_front()) {
    page.unreadable.push_back(std::move(unreadable_.front()));
    page.unreadable.back().row -= given_;
  }
  if (count == fetched_.size()) {
    page.records = std::exchange(fetched_, {});
  } else {
    page.records = copy_rows(fetched_, given_, count);
    given_ += count;
  }
  page.last = exhausted_ && given_ == fetched_.size();
  page.next = page.last ? plan_.progress.finished() : plan_.progress.cursor();
  return page;
}

}  // namespace nexpo::salesforce

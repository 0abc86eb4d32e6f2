#include "connectors/salesforce/query_reader.hpp"

#include "base/error.hpp"

namespace nexpo::salesforce {

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
  select.limit = plan_.page_rows;
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
  statement_rows_ = 0;
  std::string soql = statement();
  co_return co_await org_->query(std::move(soql), plan_.deleted_too, std::move(doing));
}

Task<Page> QueryReader::next() {
  http::Response answer = co_await fetch();
  auto decode_body = [this, &answer] { return decode(std::move(answer.body)); };
  auto page = co_await attempt(org_->workers().run(decode_body));
  if (page.index() == 0) co_return std::move(std::get<0>(page));
  // A body that makes no sense under a success status was damaged on its way.
  throw Error(ErrorKind::unavailable, std::get<1>(page).message());
}

/// Moves the position only when the page is whole, so that a repeat gives the same one.
Page QueryReader::decode(std::string body) {
  RecordBatch wide = format_.wide_batch();
  const std::string_view text = wide.arena()->adopt(std::move(body));
  const JsonDecoder::Envelope envelope = decoder_.decode_page(text, "records", format_.selection(), wide);
  Page page;
  page.records = format_.finish_json(wide);
  advance(page, envelope);
  return page;
}

void QueryReader::advance(Page& page, const JsonDecoder::Envelope& envelope) {
  const size_t rows = page.records.size();
  const bool done = envelope.scalar("done") != "false";
  const std::string_view more = envelope.scalar("nextRecordsUrl");
  if (!done && (more.empty() || rows == 0)) {
    throw Error(ErrorKind::unavailable, "salesforce: an answer says that more follows, but not where");
  }
  if (rows > 0) plan_.progress.at = format_.position_of(page.records, rows - 1, !plan_.full);
  statement_rows_ += rows;
  more_ = more;
  page.last = done && statement_rows_ < static_cast<size_t>(plan_.page_rows);
  page.next = page.last ? plan_.progress.finished() : plan_.progress.cursor();
}

}  // namespace nexpo::salesforce

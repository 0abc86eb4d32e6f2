#include "connectors/salesforce/bulk_query_reader.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.hpp"
#include "connectors/salesforce/versions.hpp"
#include "http/url.hpp"

namespace nexpo::salesforce {

namespace {

constexpr Millis kFirstPoll{250};

}  // namespace

BulkQueryReader::BulkQueryReader(std::shared_ptr<Org> org, Plan plan)
    : org_(std::move(org)),
      plan_(std::move(plan)),
      format_(plan_.columns, plan_.deleted_too),
      doing_("salesforce: bulk query on " + plan_.columns.object),
      place_(plan_.progress.bulk) {
  plan_.progress.stage = ReadProgress::Stage::bulk;
}

std::string BulkQueryReader::statement() const {
  const Columns& columns = plan_.columns;
  Select select;
  select.object = columns.object;
  select.fields = columns.select_list(plan_.deleted_too);
  const bool hide_archived = plan_.deleted_too && columns.has_is_archived;
  const std::string bounds = plan_.full ? "" : within(columns.stamp, plan_.progress.window);
  const std::string rest = plan_.progress.at.id.empty() ? "" : behind(columns.stamp, plan_.progress.at);
  select.where = all_of({rest, bounds, hide_archived ? "IsArchived = false" : ""});
  return to_soql(select);
}

std::string BulkQueryReader::job_path() const {
  return fmt::format("/services/data/v{}/jobs/query/{}", place_.version, place_.job);
}

Task<> BulkQueryReader::start_job() {
  const std::string base = co_await org_->base();
  std::string body = query_job_body(statement(), plan_.deleted_too);
  std::string path = base + "/jobs/query";
  const http::Response answer = co_await org_->send_json("POST", std::move(path), std::move(body), doing_);
  place_ = {};
  place_.job = parse_job(answer.body).id;
  place_.version = base.substr(base.rfind('v') + 1);
  const JobInfo job = co_await wait_for_job(*org_, job_path(), kFirstPoll, doing_);
  if (!job.complete()) {
    throw Error(ErrorKind::invalid, fmt::format("{}: the job ended as {}{}{}", doing_, job.state,
                                                job.error_message.empty() ? "" : ": ", job.error_message))
        .with_code(std::string(kJobFailed));
  }
  const bool lists = major_of(place_.version) >= kParallelResultsVersion;
  place_.list = job_path() + (lists ? "/resultPages" : "/results");
}

Task<Page> BulkQueryReader::next() {
  auto page = co_await attempt(read_page());
  if (page.index() == 0) co_return std::move(std::get<0>(page));
  const Error& error = std::get<1>(page);
  reset();
  if (!job_is_lost(error) || restarted_) throw error;
  org_->log().warn(error.message() + "; asking for the same window again");
  restarted_ = true;
  co_await start_job();
  co_return co_await read_page();
}

/// Drops what is open. The next call begins at `place_` again, which only a whole page moves.
void BulkQueryReader::reset() {
  pages_.clear();
  list_.reset();
  decoder_.reset();
}

Task<Page> BulkQueryReader::read_page() {
  RecordBatch wide = format_.wide_batch();
  const auto page_rows = static_cast<size_t>(plan_.page_rows);
  bool ended = false;
  while (wide.size() < page_rows && !ended) {
    if (!co_await open_current()) {
      ended = true;
    } else if (!co_await read_piece(wide)) {
      close_current();
    }
  }
  if (!ended) ended = !co_await open_current();
  auto finish = [this, &wide] { return format_.finish_csv(wide); };
  Page page;
  page.records = co_await org_->workers().run(finish);
  if (!ended) {
    place_ = pages_.front().place;
    place_.taken = std::max(taken_, skip_);
  }
  plan_.progress.bulk = place_;
  page.last = ended;
  page.next = ended ? plan_.progress.finished() : plan_.progress.cursor();
  co_return page;
}

/// Makes the first of `pages_` the one that is read. False behind the last one.
Task<bool> BulkQueryReader::open_current() {
  if (decoder_) co_return true;
  if (!list_) list_ = place_.list;
  while (pages_.empty() && !list_->empty()) co_await load_list();
  if (pages_.empty()) co_return false;
  // The following list is asked for early, so that downloads go on across it.
  if (static_cast<int>(pages_.size()) < plan_.streams && !list_->empty()) co_await load_list();
  start_downloads();
  decoder_.emplace(format_.selection().shape(), CsvDecoder::Options());
  const BulkPlace& current = pages_.front().place;
  const bool resumed = current.list == place_.list && current.page == place_.page;
  skip_ = resumed ? place_.taken : 0;
  taken_ = 0;
  co_return true;
}

/// Takes up the pages of `list_`, from the place of resume on, and finds the list behind it.
Task<> BulkQueryReader::load_list() {
  const std::string url = *list_;
  if (major_of(place_.version) < kParallelResultsVersion) {
    BulkPlace at = place_;
    at.list = url;
    pages_.push_back({at, url, nullptr});
    list_ = "";  // the header of this very page tells the next
    co_return;
  }
  const http::Response answer = co_await org_->get(url, doing_);
  const ResultList list = parse_result_list(answer.body);
  const int from = url == place_.list ? place_.page : 0;
  for (int i = from; i < static_cast<int>(list.urls.size()); ++i) {
    BulkPlace at = place_;
    at.list = url;
    at.page = i;
    at.taken = 0;
    pages_.push_back({at, list.urls[static_cast<size_t>(i)], nullptr});
  }
  list_ = list.next;
}

void BulkQueryReader::start_downloads() {
  const size_t open_max = std::min(pages_.size(), static_cast<size_t>(plan_.streams));
  for (size_t i = 0; i < open_max; ++i) {
    if (!pages_[i].stream) pages_[i].stream = std::make_shared<ResultStream>(org_, pages_[i].url, doing_);
  }
}

/// Adds rows to `wide` until it is full or one piece of the download is used up. False at the end of the page.
Task<bool> BulkQueryReader::read_piece(RecordBatch& wide) {
  const auto page_rows = static_cast<size_t>(plan_.page_rows);
  std::string bytes;
  bool ended = false;
  if (!decoder_->has_row()) {
    bytes = co_await pages_.front().stream->take();
    ended = bytes.empty();
  }
  auto decode = [&] {
    // Rows of an earlier run are decoded into a batch that is thrown away.
    while (taken_ < skip_) {
      RecordBatch old = format_.wide_batch();
      decoder_->feed(std::exchange(bytes, {}), old, static_cast<size_t>(skip_ - taken_));
      taken_ += static_cast<int64_t>(old.size());
      if (!decoder_->has_row()) break;
    }
    const size_t before = wide.size();
    if (taken_ >= skip_) decoder_->feed(bytes, wide, page_rows - before);
    if (ended && !decoder_->has_row()) decoder_->finish(wide);
    taken_ += static_cast<int64_t>(wide.size() - before);
  };
  co_await org_->workers().run(decode);
  co_return !ended || decoder_->has_row();
}

void BulkQueryReader::close_current() {
  OpenPage done = std::move(pages_.front());
  pages_.pop_front();
  decoder_.reset();
  if (pages_.empty() && list_->empty()) {
    if (const std::string locator = done.stream->next_locator();
        !locator.empty() && major_of(place_.version) < kParallelResultsVersion) {
      list_ = http::with_query(job_path() + "/results", {{"locator", locator}});
    }
  }
  start_downloads();
}

}  // namespace nexpo::salesforce

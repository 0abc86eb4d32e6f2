#include "sync/page_feed.hpp"

namespace nexpo {

namespace {

MappedPage page_of(Page page, MappedBatch mapped, const PersonalData* personal) {
  MappedPage out;
  out.mapped = std::move(mapped);
  out.fingerprints.reserve(out.mapped.records.size());
  for (size_t row = 0; row < out.mapped.records.size(); ++row)
    out.fingerprints.push_back(fingerprint_of(out.mapped.records.row(row)));
  if (personal) personal->shield(out.fingerprints);
  out.source = std::move(page.records);
  out.next = std::move(page.next);
  out.last = page.last;
  return out;
}

}  // namespace

MappedPage map_page(const MappingPlan& mapping, Page page, const PersonalData* personal) {
  MappedBatch mapped = mapping.apply(page.records, std::move(page.unreadable));
  return page_of(std::move(page), std::move(mapped), personal);
}

PageFeed::PageFeed(const PassContext& context, const SyncPlan& plan, Reader& reader)
    : context_(context), plan_(plan), reader_(reader) {}

Task<MappedPage> PageFeed::load() {
  Page page;
  {
    const Semaphore::Permit turn = co_await reading_.acquire();
    // Loads that were started behind the last page, or behind a failure, have nothing to read.
    if (read_last_ || failed_) co_return MappedPage{};
    const PhaseTimer timer(context_.clock, context_.phases, &Phases::fetch);
    auto read = [this] { return reader_.next(); };
    auto got = co_await attempt(with_retry(context_.clock, plan_.retry, context_.stop, read));
    if (got.index() == 1) {
      failed_ = true;
      throw std::get<1>(got);
    }
    page = std::get<0>(std::move(got));
    read_last_ = page.last;
  }
  const PhaseTimer timer(context_.clock, context_.phases, &Phases::map);
  co_return co_await map(std::move(page));
}

Task<MappedPage> PageFeed::map(Page page) {
  const MappingPlan& mapping = *plan_.mapping;
  MappedPage out;
  if (mapping.outside().empty()) {
    auto all = [&] { return map_page(mapping, std::move(page), context_.personal); };
    out = co_await context_.workers.run(std::move(all));
  } else {
    MappedBatch mapped =
        co_await map_batch(mapping, page.records, std::move(page.unreadable), *context_.outside, context_.workers);
    auto rest = [&] { return page_of(std::move(page), std::move(mapped), context_.personal); };
    out = co_await context_.workers.run(std::move(rest));
  }
  if (context_.rules) context_.rules->add(mapping, out.mapped.rules);
  co_return out;
}

void PageFeed::fill() {
  const auto ahead_max = static_cast<size_t>(plan_.limits.pages_ahead);
  while (ahead_.size() < ahead_max && !read_last_ && !failed_) ahead_.emplace_back(load());
}

Task<MappedPage> PageFeed::next() {
  fill();
  Started<MappedPage> first = std::move(ahead_.front());
  ahead_.pop_front();
  MappedPage page = co_await first.join();
  if (!page.last) fill();
  co_return page;
}

Task<> PageFeed::close() {
  failed_ = true;
  while (!ahead_.empty()) {
    Started<MappedPage> first = std::move(ahead_.front());
    ahead_.pop_front();
    co_await first.settle();
  }
}

}  // namespace nexpo

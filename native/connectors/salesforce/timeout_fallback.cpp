#include "connectors/salesforce/timeout_fallback.hpp"

#include "connectors/salesforce/errors.hpp"

namespace nexpo::salesforce {

Task<Page> TimeoutFallback::next() {
  if (!bulk_) {
    auto page = co_await attempt(query_->next());
    if (page.index() == 0) co_return std::move(std::get<0>(page));
    const Error& error = std::get<1>(page);
    if (error.code() != kQueryTimeout) throw error;
    bulk_ = co_await open_bulk_(query_->position());
    if (!bulk_) throw error;
    log_.info(error.message() + "; reading on by a Bulk job");
  }
  co_return co_await bulk_->next();
}

}  // namespace nexpo::salesforce

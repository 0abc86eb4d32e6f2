#include "sync/map_rows.hpp"

namespace nexpo {

Task<MappedBatch> map_rows(const PassContext& context, const MappingPlan& mapping, const RecordBatch& source,
                           std::vector<Rejection> unreadable) {
  MappedBatch mapped;
  if (mapping.outside().empty()) {
    auto apply = [&] { return mapping.apply(source, std::move(unreadable)); };
    mapped = co_await context.workers.run(std::move(apply));
  } else {
    mapped = co_await map_batch(mapping, source, std::move(unreadable), *context.outside, context.workers);
  }
  if (context.rules) context.rules->add(mapping, mapped.rules);
  co_return mapped;
}

}  // namespace nexpo

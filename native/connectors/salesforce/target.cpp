#include "base/error.hpp"
#include "connectors/salesforce/salesforce.hpp"
#include "connectors/salesforce/writer.hpp"

namespace nexpo::salesforce {

Task<Schema> SalesforceTarget::describe(std::string object) {
  const Org::DescribeRef describe = co_await org_->describe_now(std::move(object));
  co_return describe->schema;
}

Task<std::unique_ptr<Writer>> SalesforceTarget::open(WritePlan plan) {
  std::string key = plan.key_field.empty() ? settings_.external_id_field : plan.key_field;
  TargetFields fields = co_await resolve_target(*org_, plan.object, plan.fields, std::move(key));
  Columns columns = co_await resolve_columns(*org_, plan.object, plan.fields);
  SalesforceWriter::Options options;
  options.parallel_requests = settings_.parallel_requests;
  options.bulk_rows = settings_.bulk_write_rows;
  co_return std::make_unique<SalesforceWriter>(org_, std::move(fields), std::move(columns), options);
}

}  // namespace nexpo::salesforce

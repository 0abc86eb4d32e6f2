// Salesforce as a source and a target.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "connectors/connector.hpp"
#include "connectors/salesforce/columns.hpp"
#include "connectors/salesforce/org.hpp"
#include "connectors/salesforce/progress.hpp"
#include "connectors/salesforce/settings.hpp"

namespace nexpo::salesforce {

/// Chooses how an object is read: REST by keyset for few rows, a Bulk query job for many, REST again where Bulk refuses
/// the object. In windows, rows of the recycle bin come along as removals, and the feed of deletions follows.
class SalesforceSource final : public Source {
 public:
  SalesforceSource(std::shared_ptr<Org> org, Settings settings)
      : org_(std::move(org)), settings_(std::move(settings)) {}

  Task<Schema> describe(std::string object) override;
  Task<std::unique_ptr<Reader>> read(ReadPlan plan) override;
  /// A key of 15 characters finds the same record as its long form; heads hold the long one.
  Task<RecordBatch> fetch(FetchPlan plan, std::vector<std::string> keys) override;
  bool ignores_case() const override { return true; }
  Task<StartPoint> start_at(std::string object, std::optional<Time> time) override;

 private:
  struct Reading;
  Task<> begin(Reading& reading);
  Task<Org::RowCount> count_rows(const Reading& reading);
  Task<std::unique_ptr<Reader>> open(Reading& reading);
  static Task<std::unique_ptr<Reader>> open_bulk(std::shared_ptr<Org> org, int streams, Reading reading);

  std::shared_ptr<Org> org_;
  Settings settings_;
};

class SalesforceTarget final : public Target {
 public:
  SalesforceTarget(std::shared_ptr<Org> org, Settings settings)
      : org_(std::move(org)), settings_(std::move(settings)) {}

  Task<Schema> describe(std::string object) override;
  Task<std::unique_ptr<Writer>> open(WritePlan plan) override;

 private:
  std::shared_ptr<Org> org_;
  Settings settings_;
};

}  // namespace nexpo::salesforce

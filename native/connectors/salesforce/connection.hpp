// SalesforceConnection: one org, with credentials and limits.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "connectors/connector.hpp"
#include "connectors/salesforce/http_stack.hpp"
#include "connectors/salesforce/org.hpp"
#include "connectors/salesforce/settings.hpp"

namespace nexpo::salesforce {

class SalesforceConnection final : public Connection {
 public:
  SalesforceConnection(Settings settings, Login login, const ConnectorContext& context);

  std::string identity() const override { return identity_; }
  Task<std::string> test() override;
  Task<std::vector<ObjectSummary>> objects() override;
  std::unique_ptr<Source> source() override;
  std::unique_ptr<Target> target() override;
  uint64_t calls() const override;
  /// The calls of the whole org in 24 hours.
  std::optional<Quota> quota() const override;

 private:
  struct Shared;

  Settings settings_;
  std::string identity_;
  std::shared_ptr<Shared> shared_;
};

}  // namespace nexpo::salesforce

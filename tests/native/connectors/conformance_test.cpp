// What must hold for every connector of the registry, whatever it is.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "connectors/registry.hpp"

namespace nexpo {
namespace {

using nlohmann::json;

class ConnectorConformance : public testing::TestWithParam<const ConnectorType*> {
 protected:
  const ConnectorType& type() const { return *GetParam(); }
  std::string docs() const {
    std::ifstream in(std::string(DOCS) + "/connectors/" + std::string(type().name) + ".md");
    return {std::istreambuf_iterator<char>(in), {}};
  }
  std::string fault_of(const json& config) const {
    try {
      check_config(type().spec, config, "source.config");
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::invalid);
      return error.message();
    }
    return "taken";
  }
};

bool sounds_secret(std::string name) {
  std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
  return name.ends_with("password") || name.ends_with("secret") || name.ends_with("token") ||
         name.ends_with("privatekey") || name == "connectionstring";
}

TEST_P(ConnectorConformance, IsFoundByItsName) {
  EXPECT_EQ(&connector_type(type().name, "source.type"), &type());
  EXPECT_FALSE(type().spec.title.empty());
  EXPECT_TRUE(type().spec.help.ends_with('.')) << type().spec.help;
  EXPECT_NE(type().connect, nullptr);
}

TEST_P(ConnectorConformance, EveryOptionExplainsItselfInSentences) {
  for (const Option& option : type().spec.options) {
    EXPECT_TRUE(option.help.ends_with('.')) << option.name << ": " << option.help;
    EXPECT_TRUE(std::ranges::all_of(option.name, [](unsigned char c) { return std::isalnum(c); })) << option.name;
    EXPECT_TRUE(std::islower(static_cast<unsigned char>(option.name.front()))) << option.name;
  }
}

TEST_P(ConnectorConformance, WhatSoundsSecretIsTypedAsASecret) {
  for (const Option& option : type().spec.options) {
    EXPECT_TRUE(!sounds_secret(std::string(option.name)) || option.type == OptionType::secret) << option.name;
  }
}

TEST_P(ConnectorConformance, AnUnknownKeyIsRefusedByName) {
  EXPECT_NE(fault_of({{"notAnOption", 1}}).find("notAnOption"), std::string::npos);
}

TEST_P(ConnectorConformance, EveryMissingRequiredOptionIsNamedAtOnce) {
  const std::string fault = fault_of(json::object());
  for (const Option& option : type().spec.options) {
    EXPECT_TRUE(!option.required || fault.find(option.name) != std::string::npos)
        << option.name << " is not in: " << fault;
  }
}

TEST_P(ConnectorConformance, AWrongTypeIsNamedAndASecretIsNotShown) {
  for (const Option& option : type().spec.options) {
    const json wrong = option.type == OptionType::object ? json("hunter2") : json{{"hunter2", "hunter2"}};
    const std::string fault = fault_of({{std::string(option.name), wrong}});
    EXPECT_NE(fault.find(option.name), std::string::npos) << fault;
    EXPECT_EQ(fault.find("hunter2"), std::string::npos) << "a message shows the value: " << fault;
  }
}

TEST_P(ConnectorConformance, ItsPageNamesEveryOption) {
  const std::string page = docs();
  ASSERT_FALSE(page.empty()) << "docs/connectors/" << type().name << ".md is missing";
  for (const Option& option : type().spec.options)
    EXPECT_NE(page.find("`" + std::string(option.name) + "`"), std::string::npos)
        << option.name << " is not on the page";
}

INSTANTIATE_TEST_SUITE_P(Fleet, ConnectorConformance,
                         testing::ValuesIn(connector_types().begin(), connector_types().end()),
                         [](const auto& info) { return std::string(info.param->name); });

TEST(Registry, AnUnknownConnectorIsRefusedWithTheListOfKnownOnes) {
  try {
    connector_type("saleforce", "source.type");
    FAIL() << "taken";
  } catch (const Error& error) {
    EXPECT_NE(error.message().find("source.type"), std::string::npos);
    EXPECT_NE(error.message().find("salesforce"), std::string::npos);
  }
}

}  // namespace
}  // namespace nexpo

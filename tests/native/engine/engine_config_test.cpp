#include "engine/engine_config.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"

namespace nexpo {
namespace {

std::string fault_of(std::string_view text) {
  try {
    EngineConfig::parse(text);
  } catch (const Error& error) {
    return error.message();
  }
  return "taken";
}

TEST(EngineConfig, TakesEverySetting) {
  const EngineConfig config = EngineConfig::parse(R"({"home": "/tmp/x", "databaseUrl": "postgresql://h/d",
    "encryptionKeys": ["AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="], "allowLoopback": true, "allowPrivate": true,
    "caPem": "pem", "workers": 3, "logLevel": "info"})");
  EXPECT_EQ(config.home, "/tmp/x");
  EXPECT_EQ(config.encryption_keys.size(), 1u);
  EXPECT_EQ(config.workers, 3);
  EXPECT_EQ(config.log_level, LogLevel::info);
}

TEST(EngineConfig, ByDefaultConnectorsMayNotCallThisMachine) {
  const EngineConfig config = EngineConfig::parse(R"({"home": "/tmp/x"})");
  EXPECT_FALSE(config.allow_loopback);
  EXPECT_FALSE(config.allow_private);
}

TEST(EngineConfig, NamesTheKeyThatIsWrongAndNeverShowsAKey) {
  EXPECT_NE(fault_of(R"({})").find("home"), std::string::npos);
  EXPECT_NE(fault_of(R"({"home": "x", "workers": 0})").find("workers"), std::string::npos);
  EXPECT_NE(fault_of(R"({"home": "x", "logLevel": "loud"})").find("logLevel"), std::string::npos);
  EXPECT_NE(fault_of(R"({"home": "x", "colour": 1})").find("colour"), std::string::npos);
  EXPECT_NE(fault_of("not json").find("JSON"), std::string::npos);
  const std::string fault = fault_of(R"({"home": "x", "encryptionKeys": ["c2hvcnQgc2VjcmV0"]})");
  EXPECT_NE(fault.find("encryptionKeys"), std::string::npos);
  EXPECT_EQ(fault.find("c2hvcnQgc2VjcmV0"), std::string::npos);
}

}  // namespace
}  // namespace nexpo

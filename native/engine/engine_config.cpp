#include "engine/engine_config.hpp"

#include <fmt/format.h>

#include <array>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "crypto/base64.hpp"

namespace nexpo {
namespace {

using nlohmann::json;

constexpr size_t kKeyBytes = 32;
constexpr int kWorkersMax = 64;
constexpr std::array<std::string_view, 4> kLevels{"debug", "info", "warn", "error"};

[[noreturn]] void refuse(std::string_view key, std::string_view wanted) {
  throw Error(ErrorKind::invalid, fmt::format("engine configuration: {}: must be {}", key, wanted))
      .with_field(std::string(key));
}

std::string text_of(const std::string& key, const json& value) {
  if (!value.is_string()) refuse(key, "a text");
  return value.get<std::string>();
}

bool flag_of(const std::string& key, const json& value) {
  if (!value.is_boolean()) refuse(key, "true or false");
  return value.get<bool>();
}

std::vector<Secret> keys_of(const std::string& key, const json& value) {
  std::vector<Secret> keys;
  if (!value.is_array()) refuse(key, "a list of keys");
  for (const json& one : value) {
    std::optional<std::string> bytes;
    if (one.is_string()) bytes = base64_decode(one.get<std::string>());
    if (!bytes || bytes->size() != kKeyBytes) refuse(key, "keys of 32 bytes as base64 (openssl rand -base64 32)");
    keys.emplace_back(std::move(*bytes));
  }
  return keys;
}

LogLevel level_of(const std::string& key, const json& value) {
  for (size_t i = 0; i < kLevels.size(); ++i)
    if (value.is_string() && value.get<std::string>() == kLevels[i]) return static_cast<LogLevel>(i);
  refuse(key, "debug, info, warn or error");
}

}  // namespace

EngineConfig EngineConfig::parse(std::string_view text) {
  const json parsed = json::parse(text, nullptr, false);
  if (!parsed.is_object()) throw Error(ErrorKind::invalid, "engine configuration: must be a JSON object");
  EngineConfig config;
  for (const auto& [key, value] : parsed.items()) {
    if (value.is_null()) continue;
    if (key == "home")
      config.home = text_of(key, value);
    else if (key == "databaseUrl")
      config.database_url = text_of(key, value);
    else if (key == "encryptionKeys")
      config.encryption_keys = keys_of(key, value);
    else if (key == "allowLoopback")
      config.allow_loopback = flag_of(key, value);
    else if (key == "allowPrivate")
      config.allow_private = flag_of(key, value);
    else if (key == "caPem")
      config.ca_pem = text_of(key, value);
    else if (key == "logLevel")
      config.log_level = level_of(key, value);
    else if (key == "workers") {
      if (!value.is_number_integer() || value < 1 || value > kWorkersMax) refuse(key, "a whole number from 1 to 64");
      config.workers = value.get<int>();
    } else {
      throw Error(ErrorKind::invalid, fmt::format("engine configuration: {}: unknown key", key)).with_field(key);
    }
  }
  if (config.home.empty()) refuse("home", "the directory of the state");
  return config;
}

}  // namespace nexpo

// An engine over a state of its own, called as the bridge calls it.
#pragma once

#include <future>
#include <memory>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "engine/engine.hpp"
#include "sql/temporary_folder.hpp"

namespace nexpo {

class CalledEngine {
 public:
  CalledEngine() { open(); }

  /// Closes the engine and opens another one over the same state.
  void reopen() {
    engine_.reset();
    open();
  }

  std::string answer(const std::string& method, const nlohmann::json& body) {
    std::promise<Result<std::string>> done;
    engine_->call(method, body.dump(), [&](Result<std::string> result) { done.set_value(std::move(result)); });
    Result<std::string> result = done.get_future().get();
    if (result.index() == 1) throw std::get<1>(result);
    return std::get<0>(result);
  }
  nlohmann::json call(const std::string& method, const nlohmann::json& body) {
    return nlohmann::json::parse(answer(method, body));
  }
  Error error_of(const std::string& method, const nlohmann::json& body) {
    try {
      (void)call(method, body);
    } catch (const Error& error) {
      return error;
    }
    ADD_FAILURE() << method << ": nothing was thrown";
    return Error(ErrorKind::internal, "");
  }

  std::filesystem::path path(const std::string& name) const { return folder_ / name; }

 private:
  void open() {
    EngineConfig config;
    config.home = path("state").string();
    engine_ = std::make_unique<Engine>(std::move(config), [](std::string) {});
  }

  TemporaryFolder folder_;
  std::unique_ptr<Engine> engine_;
};

}  // namespace nexpo

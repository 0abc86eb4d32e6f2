// An engine over a state of its own, called as the bridge calls it.
#pragma once

#include <future>
#include <memory>
#include <mutex>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "engine/engine.hpp"
#include "sql/temporary_folder.hpp"

namespace nexpo {

class CalledEngine {
 public:
  /// Its state is in a folder, or in the PostgreSQL database of that URL.
  explicit CalledEngine(std::string database_url = {}) : database_url_(std::move(database_url)) { open(); }

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

  /// All events so far, as one text.
  std::string events() const {
    const std::lock_guard lock(mutex_);
    return events_;
  }

  std::filesystem::path path(const std::string& name) const { return folder_ / name; }

 private:
  void open() {
    EngineConfig config;
    config.home = path("state").string();
    config.database_url = database_url_;
    config.log_level = LogLevel::debug;
    engine_ = std::make_unique<Engine>(std::move(config), [this](const std::string& event) {
      const std::lock_guard lock(mutex_);
      events_ += event;
    });
  }

  std::string database_url_;
  TemporaryFolder folder_;
  mutable std::mutex mutex_;  ///< events come from the loop's thread
  std::string events_;
  std::unique_ptr<Engine> engine_;
};

}  // namespace nexpo

// Log: levelled, structured lines to an injected sink. Normal work logs nothing.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace nexpo {

enum class LogLevel { debug, info, warn, error };

/// Cheap to copy. Thread rule: the sink is called from whichever thread logs, and must be safe for that.
class Log {
 public:
  using Sink = std::function<void(LogLevel, std::string_view message)>;

  Log() = default;
  Log(LogLevel level, Sink sink) : level_(level), sink_(std::move(sink)) {}

  void debug(std::string_view message) const { write(LogLevel::debug, message); }
  void info(std::string_view message) const { write(LogLevel::info, message); }
  void warn(std::string_view message) const { write(LogLevel::warn, message); }
  void error(std::string_view message) const { write(LogLevel::error, message); }

 private:
  void write(LogLevel level, std::string_view message) const {
    if (sink_ && level >= level_) sink_(level, message);
  }

  LogLevel level_ = LogLevel::info;
  Sink sink_;
};

}  // namespace nexpo

// Engine: the composition root. Opens everything in order, offers methods, closes everything in reverse.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "engine/engine_config.hpp"

namespace nexpo {

/// One engine per host environment; several can live in one process, nothing is shared between them.
/// Thread rule: any thread may call any method. `done` and `on_event` are called on the engine's own loop thread and
/// must return soon.
class Engine {
 public:
  /// Events as JSON: {"type":"progress",...} after each commit of a run, {"type":"log","level","message"}.
  using OnEvent = std::function<void(std::string event)>;
  using OnDone = std::function<void(Result<std::string> answer)>;

  /// Opens the store; throws Error if that fails. Blocks the caller for as long as that takes.
  Engine(EngineConfig config, OnEvent on_event);
  /// Stops runs as stop() does, waits for them, then closes. close() first where blocking is unwelcome.
  ~Engine();

  /// Calls a method of methods.hpp: JSON in, JSON out.
  void call(std::string method, std::string body, OnDone done);
  /// Asks every run to commit the page in flight and stop; `done` is called when all calls have ended. New calls are
  /// refused from now on.
  void close(std::function<void()> done);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace nexpo

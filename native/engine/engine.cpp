#include "engine/engine.hpp"

#include <condition_variable>
#include <mutex>
#include <utility>
#include <vector>

#include "engine/methods.hpp"
#include "engine/runtime.hpp"

namespace nexpo {

/// Counts calls under way. Members but the runtime's own belong to the loop thread.
struct Engine::State {
  State(EngineConfig config, OnEvent on_event) : runtime(std::move(config), std::move(on_event)) {}

  Runtime runtime;
  int calls = 0;
  std::vector<std::function<void()>> on_idle;

  void ended() {
    if (--calls > 0) return;
    for (const auto& job : std::exchange(on_idle, {})) job();
  }
};

namespace {

Task<> answer_call(Runtime& runtime, std::string method, std::string body, Engine::OnDone done) {
  auto answer = co_await attempt(call_method(runtime, std::move(method), std::move(body)));
  done(std::move(answer));
}

}  // namespace

Engine::Engine(EngineConfig config, OnEvent on_event)
    : state_(std::make_unique<State>(std::move(config), std::move(on_event))) {}

Engine::~Engine() {
  std::mutex mutex;
  std::condition_variable idle;
  bool closed = false;
  close([&] {
    const std::lock_guard lock(mutex);
    closed = true;
    idle.notify_one();
  });
  std::unique_lock lock(mutex);
  idle.wait(lock, [&] { return closed; });
}

void Engine::call(std::string method, std::string body, OnDone done) {
  State* state = state_.get();
  state->runtime.loop.post(
      [state, method = std::move(method), body = std::move(body), done = std::move(done)]() mutable {
        ++state->calls;
        spawn(answer_call(state->runtime, std::move(method), std::move(body), std::move(done)),
              [state](std::exception_ptr) { state->ended(); });
      });
}

void Engine::close(std::function<void()> done) {
  State* state = state_.get();
  state->runtime.loop.post([state, done = std::move(done)] {
    Runtime& runtime = state->runtime;
    runtime.closing = true;
    runtime.calls_stop.cancel();
    runtime.host_asks.close();
    ++state->calls;  // this one, until every run was asked
    state->on_idle.push_back(done);
    const auto runs = runtime.runs;
    for (const auto& [sync_id, control] : runs) {
      ++state->calls;
      spawn(stop_run(runtime, control), [state](std::exception_ptr) { state->ended(); });
    }
    state->ended();
  });
}

}  // namespace nexpo

// Runtime: what all methods of one engine share. The order of members is the order of their lives.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "base/log.hpp"
#include "base/loop.hpp"
#include "base/thread_workers.hpp"
#include "engine/engine_config.hpp"
#include "engine/host_functions.hpp"
#include "engine/host_tokens.hpp"
#include "engine/sealed_credentials.hpp"
#include "http/curl_client.hpp"
#include "store/data_keys.hpp"
#include "store/store.hpp"

namespace nexpo {

/// How a run under way is asked to end. `abort` follows `stop` after kStopGrace, for a target that hangs.
struct RunControl {
  CancelToken stop = CancelToken::make();
  CancelToken abort = CancelToken::make();
  CancelToken ended = CancelToken::make();
};

constexpr Millis kStopGrace{10'000};

struct RunWatch;

/// Everything but `loop` and `workers` is used on the loop thread only.
struct Runtime {
  Runtime(EngineConfig given, std::function<void(std::string)> event_sink);
  Runtime(const Runtime&) = delete;
  ~Runtime();

  EngineConfig config;
  std::function<void(std::string)> on_event;
  Log log;
  Loop loop;
  ThreadWorkers workers;
  http::CurlClient http;
  std::unique_ptr<StateStore> store;
  std::unique_ptr<const Vault> vault;
  std::unique_ptr<SealedCredentials> credentials;
  std::unique_ptr<DataKeys> data_keys;     ///< what a sync keeps of personal data is sealed under "sync/ID"
  std::map<std::string, RunControl> runs;  ///< by sync id
  std::map<std::string, std::shared_ptr<RunWatch>> watches;  ///< by sync id: runs under way and those that ended last
  HostAsks host_asks;
  AskedTokens host_tokens;
  HostFunctions host_functions;
  CancelToken calls_stop = CancelToken::make();  ///< cancelled on close: ends calls that are no runs
  bool closing = false;
};

/// Asks one run to stop, and gives up on its target after the grace time. Ends when the run has ended.
Task<> stop_run(Runtime& runtime, RunControl control);

}  // namespace nexpo
